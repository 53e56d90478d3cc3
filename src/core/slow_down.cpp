#include "core/slow_down.hpp"

#include "base/scan.hpp"

#include <errand/limits.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace errand::core {

namespace {

std::optional<Timestamp> read_time(std::string_view digits) {
    const auto number = base::to_number(digits);
    const auto latest = static_cast<std::uint64_t>(max_timestamp.time_since_epoch().count());
    if (!number || *number > latest) return std::nullopt;
    return Timestamp{Duration{static_cast<std::int64_t>(*number)}};
}

}  // namespace

SlowDown SlowDown::parse(std::string_view text) {
    const auto space = text.find(' ');
    if (space == text.npos) return {};
    const auto since = read_time(text.substr(0, space));
    const auto until = read_time(text.substr(space + 1));
    if (!since || !until) return {};
    SlowDown rest;
    rest.since_ = *since;
    rest.until_ = *until;
    return rest;
}

std::string SlowDown::text() const {
    if (until_ <= since_) return {};
    return fmt::format("{} {}", since_.time_since_epoch().count(),
                       until_.time_since_epoch().count());
}

std::optional<Timestamp> SlowDown::until(Timestamp now) const {
    const auto end = now < since_ ? now + (until_ - since_) : until_;
    return end > now ? std::optional{end} : std::nullopt;
}

void SlowDown::note(Timestamp now) {
    if (now >= since_) return;
    until_ = now + (until_ - since_);
    since_ = now;
}

void SlowDown::ask(Timestamp now, Duration length) {
    note(now);
    const auto end = std::min(now + length, max_timestamp);
    if (end <= until_) return;
    since_ = now;
    until_ = end;
}

}  // namespace errand::core
