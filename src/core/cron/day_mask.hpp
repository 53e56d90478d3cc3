#pragma once

#include <errand/cron.hpp>

#include <chrono>
#include <cstdint>

namespace errand::core {

/// The days of this month that fit day and weekday of `fields`: bit n for day n. The month itself
/// is not looked at.
[[nodiscard]] std::uint32_t matching_days(const CronFields& fields, std::chrono::year_month month);

/// Whether there is any date that fits. The calendar repeats itself after 400 years.
[[nodiscard]] bool has_any_day(const CronFields& fields);

}  // namespace errand::core
