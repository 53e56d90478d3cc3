#pragma once

#include "core/schedule/plan.hpp"

#include <errand/schedule.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace errand::core {

struct DueTick {
    Timestamp tick;
    Timestamp fire_at;
};

struct DueTicks {
    std::vector<DueTick> fire;          ///< in order
    std::vector<SkippedTicks> skipped;  ///< in order
    /// The `last_tick` of the next call: all ticks up to it are dealt with.
    Timestamp last_tick{};
    /// When the next call has something to do: now when there was more than `max`, none when the
    /// schedule has ended.
    std::optional<Timestamp> next_at;
};

/// What to do at `now` about the ticks after `last_tick`: which of them fire, and which do not and
/// why. Looks at no more than `max` (1 or more) of them, except that ticks which a policy drops are
/// passed over all at once. A decision from nothing but its arguments: two processes with different
/// clocks may decide differently about a late tick, and whoever records a tick first has decided.
[[nodiscard]] DueTicks due_ticks(const SchedulePlan& plan, Timestamp last_tick, Timestamp now,
                                 std::size_t max);

}  // namespace errand::core
