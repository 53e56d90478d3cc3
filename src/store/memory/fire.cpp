#include "core/event_data.hpp"
#include "store/checks.hpp"
#include "store/memory/memory_store.hpp"

namespace errand::memory {

namespace {

bool is_to_backfill(const ScheduleEntry& entry, Timestamp tick) {
    return core::is_to_backfill(entry.standing(), tick) && !entry.made.contains(tick);
}

void note_job(ScheduleView& view, FireKind kind, const JobId& id) {
    if (kind == FireKind::rehearsal) {
        view.rehearsal = id;
        view.rehearsal_revision = view.revision;
    } else {
        view.last_job = id;
    }
}

}  // namespace

std::vector<FireResult> MemoryStore::fire(std::span<const FireRequest> requests) {
    const std::lock_guard lock{mutex_};
    const Timestamp now = this->now();
    // All that can be refused is refused before anything changes.
    store::check_fire_requests(requests, sizes_, now);
    for (const FireRequest& request : requests) {
        const ScheduleEntry* const entry = schedules_.find(request.schedule);
        const bool is_carried_out =
            entry && request.kind == FireKind::backfill && request.revision == entry->view.revision;
        if (is_carried_out) entry->forgotten.check(request);
    }
    std::vector<FireResult> results;
    results.reserve(requests.size());
    for (const FireRequest& request : requests)
        results.push_back(fire_one(request, now));
    work_off_workflows(now);
    // At the end, as requests of one call may be about the same ticks.
    for (const FireRequest& request : requests) {
        if (ScheduleEntry* const entry = schedules_.find(request.schedule)) entry->trim_history();
    }
    return results;
}

FireResult MemoryStore::fire_one(const FireRequest& request, Timestamp now) {
    ScheduleEntry* const entry = schedules_.find(request.schedule);
    if (!entry) return {.kind = FireResult::Kind::gone};
    FireResult result{.kind = core::verdict(entry->standing(), request)};
    if (result.kind == FireResult::Kind::recorded) {
        result.jobs = make_ticks(*entry, request, now);
        entry->view.last_tick = core::last_tick_after(entry->standing(), request);
    }
    result.revision = entry->view.revision;
    result.last_tick = entry->view.last_tick;
    return result;
}

std::vector<JobId> MemoryStore::make_ticks(ScheduleEntry& entry, const FireRequest& request,
                                           Timestamp now) {
    std::vector<JobId> made;
    core::FireLines lines{request, now};
    for (const FireTick& tick : request.ticks) {
        if (jobs_.find(tick.job.id)) {  // a repeated call: it has its line too
            made.push_back(tick.job.id);
        } else if (request.kind == FireKind::backfill && !is_to_backfill(entry, tick.tick)) {
            continue;
        } else if (is_held_back(entry.view, request, now)) {
            lines.add_overlap(tick.tick);
        } else {
            insert_one(tick.job, now);
            if (events_.wanted(EventKind::schedule_fired)) {
                events_.note(core::fired(request.schedule, request.kind, tick.tick, tick.job.id),
                             now);
            }
            made.push_back(tick.job.id);
            lines.add_made(tick.tick, tick.job.id);
            note_job(entry.view, request.kind, tick.job.id);
        }
    }
    for (const FireRecord& line : lines.take())
        entry.add(line);
    return made;
}

bool MemoryStore::is_held_back(const ScheduleView& view, const FireRequest& request,
                               Timestamp now) {
    if (request.kind == FireKind::rehearsal || !view.last_job) return false;
    const Record* const previous = jobs_.find(*view.last_job);
    if (!previous || is_end(previous->job.state)) return false;
    if (request.overlap == OverlapPolicy::cancel_previous) cancel_one(*view.last_job, now);
    return request.overlap == OverlapPolicy::skip;
}

}  // namespace errand::memory
