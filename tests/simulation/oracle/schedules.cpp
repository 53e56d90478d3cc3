#include "simulation/oracle/oracle.hpp"

#include <fmt/format.h>

#include <algorithm>

// Each tick of an armed schedule makes one job, or is skipped as its policies say: I9.

namespace errand::sim {

using namespace std::chrono_literals;

namespace {

/// From a tick until it is dealt with, when nothing is wrong: a loop sleeps until exactly then.
constexpr Duration fire_bound_in_peace = 300ms;
constexpr Duration fire_bound = 3s;

bool is_among(const JobId& id, const std::vector<JobId>& ids) {
    return std::ranges::find(ids, id) != ids.end();
}

}  // namespace

void Oracle::schedule_put(const ScheduleDefinition& definition, ScheduleChange change) {
    auto& schedule = schedules_[definition.name];
    schedule.changed_at = time_->now();
    const bool was_there = !schedule.definition.name.empty();
    if (was_there != (change != ScheduleChange::created)) {
        violated("I9: it is not told truly whether a schedule was there: " + definition.name);
    }
    schedule.definition = definition;
    if (change != ScheduleChange::changed) return;
    ++schedule.revision;
    // What was rehearsed is not what it does now.
    if (definition.require_rehearsal || schedule.state == ScheduleState::rehearsed) {
        schedule.state = ScheduleState::draft;
    }
}

void Oracle::schedule_set(const std::string& name, ScheduleState to, Timestamp now) {
    saw(now);
    auto& schedule = schedules_.at(name);
    const bool is_beyond =
        schedule.state == ScheduleState::armed || schedule.state == ScheduleState::paused;
    if (schedule.state == to || (to == ScheduleState::rehearsed && is_beyond)) return;
    const bool needs_rehearsal =
        to == ScheduleState::rehearsed ||
        (to == ScheduleState::armed && schedule.definition.require_rehearsal);
    if (needs_rehearsal) expect_rehearsed(schedule);
    schedule.state = to;
    schedule.changed_at = time_->now();
    // Ticks count from now on, and never twice.
    if (to == ScheduleState::armed) schedule.last_tick = std::max(schedule.last_tick, now);
}

/// As it is defined now.
void Oracle::expect_rehearsed(Schedule& schedule) {
    if (schedule.rehearsed_revision == schedule.revision) return;
    const Tale* const job = schedule.rehearsal ? known(*schedule.rehearsal) : nullptr;
    const bool succeeded = job != nullptr && schedule.rehearsal_revision == schedule.revision &&
                           job->state == JobState::completed;
    if (!succeeded) {
        violated(
            fmt::format("I9: schedule {}: it counts as rehearsed, and no rehearsal of its "
                        "present definition completed",
                        schedule.definition.name));
    }
    schedule.rehearsed_revision = schedule.revision;
    met(Situation::rehearsed);
}

void Oracle::fired(const FireRequest& request, const FireResult& result, Timestamp now) {
    saw(now);
    auto& schedule = schedules_.at(request.schedule);
    const auto wrong = [&](std::string_view what) {
        violated(fmt::format("I9: schedule {}: {}", request.schedule, what));
    };
    const bool armed = schedule.state == ScheduleState::armed;
    const bool present = request.revision == schedule.revision;
    const bool follows = request.after == schedule.last_tick;
    const bool is_tick = request.kind == FireKind::tick;
    if (result.kind != FireResult::Kind::recorded) {
        if (present && (!is_tick || (armed && follows)))
            wrong("a firing was refused that nobody came before");
        return met(Situation::fired_too_late);
    }
    if (request.kind == FireKind::backfill) return backfilled(schedule, request, result, now);
    if (!is_tick) return made_out_of_turn(schedule, request, result, now);
    if (!armed) wrong("ticks were dealt with although it is not armed");
    if (!present) wrong("ticks were dealt with by an old definition");
    if (const auto what = wrong_firing(schedule, request, latest_); !what.empty()) wrong(what);
    if (!follows) wrong("ticks were dealt with a second time");
    for (const auto& skipped : request.skipped) {
        const bool excluded = skipped.reason == SkipReason::excluded;
        situations_.met(excluded ? Situation::tick_excluded : Situation::tick_skipped,
                        skipped.count);
    }
    for (const auto& tick : request.ticks) {
        const bool made = is_among(tick.job.id, result.jobs);
        tick_fired(schedule, tick, made, now);
        if (made) schedule.made.insert(tick.tick);
    }
    if (!request.ticks.empty()) {
        if (schedule.is_cron()) met(Situation::fired_by_cron);
        if (schedule.definition.spec.jitter != 0s) met(Situation::fired_with_jitter);
    }
    schedule.last_tick = request.last_tick;
    if (result.last_tick != schedule.last_tick) wrong("it is not told truly how far it is");
}

/// Of a tick that made none yet, unless the schedule is armed and will come to it.
void Oracle::backfilled(Schedule& schedule, const FireRequest& request, const FireResult& result,
                        Timestamp now) {
    const bool armed = schedule.state == ScheduleState::armed;
    for (const auto& tick : request.ticks) {
        const bool made = is_among(tick.job.id, result.jobs);
        if (known(tick.job.id) != nullptr && made) continue;  // a repeated call
        const bool is_made = schedule.made.contains(tick.tick);
        if (!is_made && (!armed || tick.tick <= schedule.last_tick)) {
            tick_fired(schedule, tick, made, now);
            if (!made) continue;
            schedule.made.insert(tick.tick);
            met(Situation::backfilled);
            continue;
        }
        met(Situation::backfill_left_out);
        if (!made) continue;
        violated(fmt::format("I9: schedule {}: a backfill made a job of tick {}, {}",
                             request.schedule, format_timestamp(tick.tick),
                             is_made ? "which made one before" : "which is still to come"));
    }
    if (!armed) schedule.last_tick = std::max(schedule.last_tick, request.ticks.back().tick);
}

/// Jobs that somebody asked for. A rehearsal overlaps with nothing, and nothing with it.
void Oracle::made_out_of_turn(Schedule& schedule, const FireRequest& request,
                              const FireResult& result, Timestamp now) {
    const auto& tick = request.ticks.front();
    const bool made = is_among(tick.job.id, result.jobs);
    if (known(tick.job.id) != nullptr && made) return;  // a repeated call
    if (request.revision != schedule.revision) {
        violated(fmt::format("I9: schedule {}: an old definition made a job", request.schedule));
    }
    if (request.kind == FireKind::run_now) {
        tick_fired(schedule, tick, made, now);
        if (!made) return;
        met(Situation::ran_at_once);
    } else {
        if (!made) violated(fmt::format("I9: schedule {}: no rehearsal", request.schedule));
        inserted(tick.job, {InsertResult::Kind::inserted, tick.job.id}, now);
        acknowledged(tick.job.id);
        schedule.rehearsal = tick.job.id;
        schedule.rehearsal_revision = schedule.revision;
        met(Situation::rehearsal_begun);
    }
    ++schedule.out_of_turn;
}

/// The job of the tick before decides, if it has not ended, together with the policy.
void Oracle::tick_fired(Schedule& schedule, const FireTick& tick, bool made, Timestamp now) {
    const auto policy = schedule.definition.spec.overlap;
    const bool overlaps = schedule.newest && !ended(*schedule.newest);
    if (made != (!overlaps || policy != OverlapPolicy::skip)) {
        violated(fmt::format("I9: schedule {}: tick {} {}", schedule.definition.name,
                             format_timestamp(tick.tick),
                             made ? "overlaps, and made a job" : "made no job"));
    }
    if (!made) return met(Situation::tick_overlapped);
    if (overlaps && policy == OverlapPolicy::cancel_previous) {
        const bool active = known(*schedule.newest)->stage == Tale::Stage::active;
        cancelled(*schedule.newest, active ? ControlResult::requested : ControlResult::done, now);
    }
    inserted(tick.job, {InsertResult::Kind::inserted, tick.job.id}, now);
    acknowledged(tick.job.id);
    Tale& job = *known(tick.job.id);
    job.queues = policy == OverlapPolicy::queue;
    if (job.queues) job.waits_for = schedule.newest;
    schedule.newest = tick.job.id;
    met(Situation::tick_fired);
}

/// The policy `queue`, where keys have one turn. Of those that wait a clock that went back, or a
/// stack, puts the newer first; and whoever lets the job before go on after its end changes nothing
/// for this one.
void Oracle::expect_queued(const Tale& job, const JobId& id) {
    const auto turns = places_.of(job.asked.queue).key_concurrency;
    if (!job.waits_for || job.exempt || turns != 1) return;
    const Tale* const before = known(*job.waits_for);
    const bool is_at_work = before != nullptr && before->lives() && before->queues &&
                            !before->exempt && before->asked.queue == job.asked.queue &&
                            has_turn_before(before->standing, job.standing) &&
                            before->ended_at == Timestamp{};
    expect(!is_at_work, "I9", id, "began before the job of the tick before, {}, ended",
           to_string(*job.waits_for));
    met(Situation::tick_queued);
}

/// For times in which nothing has failed for `quiet`. Workers that are stopping, all at once
/// perhaps as their jobs take long, fire nothing any more.
void Oracle::expect_ticks_in_time(Timestamp now, Duration quiet) {
    const auto bound = rules_.peaceful ? fire_bound_in_peace : fire_bound;
    if (quiet <= bound) return;
    const bool somebody_fires = std::ranges::any_of(members_, [&](const auto& entry) {
        return entry.second.is_at_work() && time_->now() - entry.second.joined_at > bound;
    });
    if (!somebody_fires) return;
    for (const auto& [name, schedule] : schedules_) {
        const auto tick = schedule.next(schedule.last_tick);
        const bool waits = schedule.state == ScheduleState::armed &&
                           now - schedule.fire_at(tick) > bound &&
                           time_->now() - schedule.changed_at > bound;
        if (!waits) continue;
        violated(fmt::format("I9: schedule {}: nobody fires its tick {}, and it is {}", name,
                             format_timestamp(tick), format_timestamp(now)));
    }
}

/// The history says the same.
void Oracle::expect_history(Store& store) {
    for (const auto& [name, schedule] : schedules_) {
        const auto lines = store.schedule_history(name, 0, 1'000);
        std::uint64_t made = 0;
        for (const auto& line : lines)
            made += line.job ? 1 : 0;
        const auto were_made = schedule.made.size() + schedule.out_of_turn;
        if (made == were_made || lines.size() == 1'000) continue;
        violated(fmt::format("I16: schedule {}: its history has {} jobs, and {} were made", name,
                             made, were_made));
    }
}

}  // namespace errand::sim
