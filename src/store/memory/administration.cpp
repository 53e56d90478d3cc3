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

Duration kept_for(JobState state, const Retention& retention) {
    switch (state) {
        case JobState::completed:
            return retention.completed;
        case JobState::cancelled:
            return retention.cancelled;
        case JobState::discarded:
            return retention.discarded;
        default:
            return max_duration;
    }
}

}  // namespace

std::vector<ControlResult> MemoryStore::cancel(std::span<const JobId> ids) {
    store::check_batch(ids.size(), sizes_);
    const std::lock_guard lock{mutex_};
    const Timestamp now = this->now();
    return for_each_id(ids, [&](const JobId& id) { return cancel_one(id, now); });
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
        if (!hold_unique_key_again(*record, now)) return ControlResult::refused;
        job.attempt = job.crashes = job.interruptions = 0;
        job.finished_at.reset();
        job.result.clear();
    }
    move(*record, JobState::available);
    return ControlResult::done;
}

std::vector<ControlResult> MemoryStore::remove(std::span<const JobId> ids) {
    store::check_batch(ids.size(), sizes_);
    const std::lock_guard lock{mutex_};
    return for_each_id(ids, [&](const JobId& id) { return remove_one(id); });
}

ControlResult MemoryStore::remove_one(const JobId& id) {
    Record* const record = jobs_.find(id);
    if (!record) return ControlResult::not_found;
    if (record->job.state == JobState::active) return ControlResult::refused;
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
    std::vector<JobId> gone;
    for (const auto& [seq, record] : jobs_.by_seq()) {
        if (gone.size() == max) break;
        const Job& job = record.job;
        if (is_end(job.state) && now - *job.finished_at >= kept_for(job.state, retention)) {
            gone.push_back(job.id);
        }
    }
    for (const JobId& id : gone)
        erase(*jobs_.find(id));
    const auto jobs_there = [&](std::uint64_t seq) { return jobs_.by_seq().contains(seq); };
    unique_.forget_expired(now, max, jobs_there);
    return static_cast<std::uint32_t>(gone.size());
}

}  // namespace errand::memory
