#include "core/event_data.hpp"
#include "store/checks.hpp"
#include "store/memory/memory_store.hpp"

#include <utility>

namespace errand::memory {

namespace {

template <class F>
std::vector<ControlResult> for_each_id(std::span<const JobId> ids, F&& control) {
    std::vector<ControlResult> results;
    results.reserve(ids.size());
    for (const JobId& id : ids)
        results.push_back(control(id));
    return results;
}

}  // namespace

std::vector<ControlResult> MemoryStore::cancel(std::span<const JobId> ids) {
    store::check_batch(ids.size(), sizes_);
    const std::lock_guard lock{mutex_};
    const Timestamp now = this->now();
    auto results = for_each_id(ids, [&](const JobId& id) { return cancel_one(id, now); });
    work_off_workflows(now);
    return results;
}

ControlResult MemoryStore::cancel_one(const JobId& id, Timestamp now) {
    Record* const record = jobs_.find(id);
    if (!record) return ControlResult::not_found;
    Job& job = record->job;
    if (job.state == JobState::cancelled) return ControlResult::done;
    if (!core::find_transition(job.state, core::JobEvent::cancel)) return ControlResult::refused;
    if (job.state == JobState::active) {
        job.cancel_requested = true;
        wake(WakeChannel::control);
        return ControlResult::requested;
    }
    job.finished_at = now;
    tell_cancelled(*record, now);
    move(*record, JobState::cancelled);
    return ControlResult::done;
}

std::vector<ControlResult> MemoryStore::retry(std::span<const JobId> ids) {
    store::check_batch(ids.size(), sizes_);
    const std::lock_guard lock{mutex_};
    const Timestamp now = this->now();
    return for_each_id(ids, [&](const JobId& id) { return retry_one(id, now); });
}

ControlResult MemoryStore::retry_one(const JobId& id, Timestamp now) {
    Record* const record = jobs_.find(id);
    if (!record) return ControlResult::not_found;
    Job& job = record->job;
    if (!core::find_transition(job.state, core::JobEvent::operator_retry)) {
        return ControlResult::refused;
    }
    if (is_end(job.state)) {
        if (record->membership) return retry_node(*record, now);
        if (!hold_unique_key_again(*record, now)) return ControlResult::refused;
        forget_attempts(job);
    }
    move(*record, JobState::available);
    tell_retried(*record, now);
    return ControlResult::done;
}

void MemoryStore::tell_cancelled(const Record& record, Timestamp now) {
    if (!events_.wanted(EventKind::job_cancelled, record.job.id)) return;
    events_.note(core::cancelled(core::event_job(record.job)), now);
}

void MemoryStore::tell_retried(const Record& record, Timestamp now) {
    if (!events_.wanted(EventKind::job_retried, record.job.id)) return;
    events_.note(core::retried(core::event_job(record.job), record.job.state), now);
}

void forget_attempts(Job& job) {
    job.attempt = job.crashes = job.interruptions = 0;
    job.finished_at.reset();
    job.result.clear();
}

std::vector<ControlResult> MemoryStore::remove(std::span<const JobId> ids) {
    store::check_batch(ids.size(), sizes_);
    const std::lock_guard lock{mutex_};
    const Timestamp now = this->now();
    auto results = for_each_id(ids, [&](const JobId& id) { return remove_one(id, now); });
    work_off_workflows(now);
    return results;
}

ControlResult MemoryStore::remove_one(const JobId& id, Timestamp now) {
    Record* const record = jobs_.find(id);
    if (!record) return ControlResult::not_found;
    if (record->job.state == JobState::active) return ControlResult::refused;
    if (!is_end(record->job.state) && events_.wanted(EventKind::job_cancelled, id)) {
        events_.note(core::cancelled(core::event_job(record->job), true), now);
    }
    if (record->membership) leave_workflow(*record, now);
    const bool had_turn = record->turn == Turn::held;
    const auto [queue, key] = std::pair{record->job.queue, record->job.key};
    erase(*record);
    if (had_turn) admit_next(queue, key);
    wake(WakeChannel::ended);  // for whoever waits for this job's end: there will be none
    return ControlResult::done;
}

std::uint32_t MemoryStore::prune(const Retention& retention, std::uint32_t max) {
    const std::lock_guard lock{mutex_};
    const Timestamp now = this->now();
    events_.forget_idle(now);
    std::vector<JobId> gone;
    for (const auto& [seq, record] : jobs_.by_seq()) {
        if (gone.size() == max) break;
        const Job& job = record.job;
        if (record.membership) continue;  // it goes with its workflow
        if (is_end(job.state) && now - *job.finished_at >= store::kept_for(job.state, retention)) {
            gone.push_back(job.id);
        }
    }
    for (const JobId& id : gone)
        erase(*jobs_.find(id));
    const auto count = static_cast<std::uint32_t>(gone.size());
    const std::uint32_t in_workflows = prune_workflows(retention, max - count, now);
    const auto jobs_there = [&](std::uint64_t seq) { return jobs_.by_seq().contains(seq); };
    unique_.forget_expired(now, max, jobs_there);
    return count + in_workflows;
}

}  // namespace errand::memory
