#pragma once

#include <errand/cron.hpp>

#include <chrono>
#include <optional>

// Search on a calendar and a clock that are never moved. Both are bounded: they end with the years
// 1969 and 10000, and step over what cannot fit by months, days, hours and minutes.

namespace errand::core {

/// The first local time that fits, at or after `from`.
[[nodiscard]] std::optional<std::chrono::local_seconds> first_match(
    const CronFields& fields, std::chrono::local_seconds from);

/// The last local time that fits, at or before `until`.
[[nodiscard]] std::optional<std::chrono::local_seconds> last_match(
    const CronFields& fields, std::chrono::local_seconds until);

}  // namespace errand::core
