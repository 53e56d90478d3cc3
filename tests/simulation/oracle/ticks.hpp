#pragma once

#include <errand/job_id.hpp>
#include <errand/store/schedules.hpp>
#include <errand/time.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace errand::sim {

/// One schedule as far as calls and answers tell of it. Only intervals without start, end, jitter
/// and exclusions are known here: their ticks are the multiples of their length.
struct Schedule {
    ScheduleDefinition definition{"", {.timing = Interval{std::chrono::seconds{1}}}, {}, {}, false};
    ScheduleState state = ScheduleState::draft;
    std::uint64_t revision = 1;
    Timestamp last_tick{};          ///< all ticks up to it are dealt with
    Timestamp changed_at{};         ///< virtual time
    std::set<Timestamp> made{};     ///< ticks that made a job
    std::optional<JobId> newest{};  ///< the job of the newest of them

    [[nodiscard]] Duration length() const {
        return std::get<Interval>(definition.spec.timing).length;
    }
    [[nodiscard]] Timestamp next(Timestamp after) const {
        const auto number = after.time_since_epoch() / length();
        return Timestamp{length() * (number + 1)};
    }
};

/// What is wrong with a recorded firing of `schedule`, before it is noted there; empty: nothing.
/// Each tick from `after` to the new last one makes a job or is skipped for a reason that its
/// policies allow, and none comes twice. `latest` is the store's clock at its furthest.
[[nodiscard]] std::string wrong_firing(const Schedule& schedule, const FireRequest& request,
                                       Timestamp latest);

}  // namespace errand::sim
