#pragma once

#include <errand/schedule.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace errand::core {

/// "2026-12-24", a day of the years 1970 to 9999. Throws Error (invalid_argument).
[[nodiscard]] std::chrono::year_month_day parse_date(std::string_view text);

/// "2026-12-24", or with both ends "2026-12-24/2027-01-06". Throws Error (invalid_argument).
[[nodiscard]] DateRange parse_date_range(std::string_view text);
/// The form that parse_date_range() reads; a single day without the slash.
[[nodiscard]] std::string to_string(const DateRange& range);

/// The same days in as few ranges as possible, in order.
[[nodiscard]] std::vector<DateRange> merged(std::vector<DateRange> ranges);

}  // namespace errand::core
