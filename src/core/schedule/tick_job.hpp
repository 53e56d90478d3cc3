#pragma once

#include <errand/store/schedules.hpp>

#include <optional>
#include <string>
#include <string_view>

// How a job knows which tick of which schedule it stands for: a member "errand" of its meta.
//   {"errand":{"schedule":"nightly","tick":"2026-01-31T02:00:00.000000Z"}}

namespace errand::core {

/// The job that a tick of the schedule makes, with the id `id`, at `now`. `tick` is noted with it
/// for the kinds tick and backfill, which stand for one.
[[nodiscard]] NewJob make_tick_job(const ScheduleDefinition& definition, FireKind kind,
                                   Timestamp tick, const JobId& id, Timestamp now);

/// What a job's meta says about its making.
struct TickOrigin {
    std::string schedule{};           ///< empty: no schedule made it
    std::optional<Timestamp> tick{};  ///< none: it stands for no tick
    bool rehearsal = false;
};
/// Of any meta: what cannot be read says that no schedule made the job.
[[nodiscard]] TickOrigin tick_origin(std::string_view meta);

}  // namespace errand::core
