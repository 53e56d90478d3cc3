#pragma once

#include "core/schedule/plan.hpp"

#include <errand/schedule.hpp>

#include <cstddef>
#include <vector>

namespace errand::core {

/// The next `count` ticks that fire after `from`, and between them up to `count` that do not. See
/// errand::upcoming().
[[nodiscard]] std::vector<UpcomingTick> upcoming(const SchedulePlan& plan, Timestamp from,
                                                 std::size_t count);

}  // namespace errand::core
