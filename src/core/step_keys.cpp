#include "core/step_keys.hpp"

#include <errand/limits.hpp>

#include <charconv>
#include <cstdint>

namespace errand::core {
namespace {

constexpr std::string_view over_json = "\"over\"";

std::string key(std::string_view kind, std::string_view name) {
    std::string text{kind};
    return text.append(":").append(name);
}

}  // namespace

std::string step_key(std::string_view name) {
    return key("step", name);
}
std::string sleep_key(std::string_view name) {
    return key("sleep", name);
}
std::string wait_key(std::string_view name) {
    return key("wait", name);
}
std::string signal_key(std::string_view name) {
    return key("signal", name);
}
std::string cursor_key(std::string_view name) {
    return name.empty() ? "cursor" : key("cursor", name);
}

std::string to_json_text(const WaitNote& note) {
    if (note.over) return std::string{over_json};
    return std::to_string(note.until.time_since_epoch().count());
}

std::optional<WaitNote> parse_wait_note(std::string_view json) noexcept {
    if (json == over_json) return WaitNote{{}, true};
    std::int64_t microseconds = 0;
    const auto* const end = json.data() + json.size();
    const auto [stop, error] = std::from_chars(json.data(), end, microseconds);
    if (error != std::errc{} || stop != end) return std::nullopt;
    const Timestamp until{Duration{microseconds}};
    if (until < min_timestamp || until > max_timestamp) return std::nullopt;
    return WaitNote{until, false};
}

Timestamp moment_after(Timestamp now, Duration time) noexcept {
    return time < max_timestamp - now ? now + time : max_timestamp;
}

}  // namespace errand::core
