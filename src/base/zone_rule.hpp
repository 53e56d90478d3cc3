#pragma once

#include "base/zone_period.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace errand::base {

/// The rule by which a zone's clock goes for ever: "CET-1CEST,M3.5.0,M10.5.0/3", the form of the
/// variable TZ in POSIX with the wider times of day of RFC 8536. It ends every time zone file and
/// tells what holds after the last change listed there. An immutable value.
class ZoneRule {
public:
    /// Throws Error (invalid_argument) for anything but a whole rule; daylight saving time needs
    /// both of its days.
    [[nodiscard]] static ZoneRule parse(std::string_view text);

    /// The period around `time`, which is moved into [zones_begin, zones_end).
    [[nodiscard]] ZonePeriod period_at(std::chrono::sys_seconds time) const;

private:
    friend class ZoneRuleReader;

    struct Clock {
        std::chrono::seconds offset{};
        std::string abbreviation;
    };
    /// The day of a year, and the time on the clock that is about to change.
    struct Day {
        enum class Kind : std::uint8_t {
            julian,            ///< day 1 to 365, which never is February 29
            zero_based,        ///< day 0 to 365, leap days counted
            weekday_of_month,  ///< `week` 5 is the last
        };
        Kind kind = Kind::julian;
        std::uint16_t day = 0;  ///< the weekday for weekday_of_month, Sunday is 0
        std::uint8_t week = 0;
        std::uint8_t month = 0;
        std::chrono::seconds time = std::chrono::hours{2};

        [[nodiscard]] std::chrono::local_seconds in(std::chrono::year year) const;
    };
    struct Dst {
        Clock clock;
        Day start;
        Day end;
    };

    Clock standard_;
    std::optional<Dst> dst_;
};

}  // namespace errand::base
