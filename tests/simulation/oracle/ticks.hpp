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

/// One schedule as far as calls and answers tell of it. Known here are intervals, whose ticks are
/// the multiples of their length, and cron expressions that name seconds and nothing else; both
/// without start and end, in the zones that hours.hpp knows.
struct Schedule {
    ScheduleDefinition definition{"", {.timing = Interval{std::chrono::seconds{1}}}, {}, {}, false};
    ScheduleState state = ScheduleState::draft;
    std::uint64_t revision = 1;
    Timestamp last_tick{};          ///< all ticks up to it are dealt with
    Timestamp changed_at{};         ///< virtual time
    std::set<Timestamp> made{};     ///< ticks that made a job, backfilled ones too
    std::optional<JobId> newest{};  ///< that it made last, rehearsals apart
    std::uint64_t out_of_turn = 0;  ///< jobs that stand for no tick: rehearsals, and run at once
    std::optional<JobId> rehearsal{};
    std::uint64_t rehearsal_revision = 0;
    std::uint64_t rehearsed_revision = 0;  ///< of which a rehearsal is known to have completed

    [[nodiscard]] bool is_cron() const {
        return std::holds_alternative<CronExpression>(definition.spec.timing);
    }
    [[nodiscard]] Timestamp next(Timestamp after) const;
    [[nodiscard]] bool is_excluded(Timestamp tick) const;
    /// When the tick fires, as the preview tells everybody; an excluded one would.
    [[nodiscard]] Timestamp fire_at(Timestamp tick) const;
};

/// What is wrong with a recorded firing of `schedule`, before it is noted there; empty: nothing.
/// Each tick from `after` to the new last one makes a job or is skipped for a reason that its
/// policies allow, and none comes twice. `latest` is the store's clock at its furthest.
[[nodiscard]] std::string wrong_firing(const Schedule& schedule, const FireRequest& request,
                                       Timestamp latest);

}  // namespace errand::sim
