#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace errand {

/// A length of time. Negative values are refused wherever a length is asked for.
using Duration = std::chrono::microseconds;

/// A point in time: UTC, microseconds since 1970-01-01. Years 1970 to 9999 can be printed and
/// parsed.
using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;

/// Parses "250ms", "30s", "5m", "1h30m", "2d", "1w", "1.5h": one or more numbers with a unit
/// (us, ms, s, m, h, d, w), largest unit first, no spaces; "0" alone is zero. Throws Error
/// (invalid_argument) for anything else, for negative values, and beyond 36,500 days.
[[nodiscard]] Duration parse_duration(std::string_view text);

/// The form that parse_duration() reads back to the same value, in whole units: "1h30m", "250ms",
/// "0s"; weeks only where nothing else is needed. Negative values, which no API accepts, get a
/// minus sign.
[[nodiscard]] std::string format_duration(Duration value);

/// Parses RFC 3339 ("2026-01-31T08:00:00Z", "2026-01-31 09:00:00.25+01:00"). At most six digits of
/// fraction are kept. Throws Error (invalid_argument) for impossible dates and missing zones.
[[nodiscard]] Timestamp parse_timestamp(std::string_view text);

/// RFC 3339 in UTC with six digits of fraction: "2026-01-31T08:00:00.000000Z". What lies outside
/// the years 1970 to 9999 is printed as the nearer end of them.
[[nodiscard]] std::string format_timestamp(Timestamp value);

/// Where the engine and the stores take the time from; tests pass one that they move by hand.
/// Thread-safe.
class Clock {
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual Timestamp now() const = 0;
};

/// The clock of this machine, never destroyed.
[[nodiscard]] const Clock& system_clock() noexcept;

}  // namespace errand
