#pragma once

#include <errand/schedule.hpp>

#include <string_view>
#include <vector>

namespace errand::core {

/// The largest text of a calendar that is read.
inline constexpr std::size_t max_calendar_bytes = 4U << 20;

/// The days that a calendar file excludes, in order and merged. Two forms are read:
///
///   one date (2026-12-24) or range (2026-12-24/2026-12-26) per line, `#` begins a comment;
///   iCalendar (RFC 5545): all days of each VEVENT from DTSTART to DTEND, as dates or as local
///   times, whatever their zone. A date in DTEND is the day after, as there. Events that repeat
///   themselves (RRULE, RDATE) or have a DURATION are refused: they would be read only in part.
///
/// Throws Error (invalid_argument) "NAME:LINE: reason".
[[nodiscard]] std::vector<DateRange> parse_calendar(std::string_view text, std::string_view name);

}  // namespace errand::core
