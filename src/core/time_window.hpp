#pragma once

#include "base/time_zone.hpp"

#include <errand/limit.hpp>

#include <optional>

namespace errand::core {

/// When `window` opens next after `now`; none: `now` lies inside. `zone` is the one that it names.
/// max_timestamp: it does not open within a year, as the clock leaves its hours out.
[[nodiscard]] std::optional<Timestamp> next_opening(const TimeWindow& window,
                                                    const base::TimeZone& zone, Timestamp now);

/// Throws Error (invalid_argument) that names the value and what would be right. Whether there is
/// such a time zone is not known here.
void validate(const TimeWindow& window);

}  // namespace errand::core
