#include "handlers/retry_after.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <charconv>
#include <string>

namespace errand::handlers {
namespace {

using std::chrono::seconds;

std::optional<Duration> parse_seconds(std::string_view digits) {
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
    if (error == std::errc::result_out_of_range) return max_retry_after;
    if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return std::min<seconds>(seconds{count}, std::chrono::duration_cast<seconds>(max_retry_after));
}

}  // namespace

std::optional<Duration> parse_retry_after(std::string_view value, Timestamp now) {
    constexpr std::string_view blanks = " \t";
    const auto first = value.find_first_not_of(blanks);
    if (first == std::string_view::npos) return std::nullopt;
    value = value.substr(first, value.find_last_not_of(blanks) - first + 1);

    constexpr std::string_view digits = "0123456789";
    if (value.find_first_not_of(digits) == std::string_view::npos) return parse_seconds(value);
    // curl_getdate reads all forms of HTTP dates, but also bare numbers and signs as dates or
    // zones.
    constexpr std::string_view letters = "FMSTWfmstw";
    if (letters.find(value.front()) == std::string_view::npos) return std::nullopt;
    const auto date = curl_getdate(std::string{value}.c_str(), nullptr);
    if (date < 0) return std::nullopt;
    // In whole seconds until it is known to be near: a far date has no Timestamp.
    const auto wait = seconds{date} - std::chrono::floor<seconds>(now.time_since_epoch());
    if (wait > std::chrono::duration_cast<seconds>(max_retry_after)) return max_retry_after;
    if (wait < seconds::zero()) return Duration::zero();
    return std::clamp<Duration>(Timestamp{seconds{date}} - now, Duration::zero(), max_retry_after);
}

}  // namespace errand::handlers
