#include "core/event_data.hpp"
#include "store/checks.hpp"
#include "store/memory/memory_store.hpp"

#include <utility>

namespace errand::memory {

Record make_record(const NewJob& from, Timestamp now) {
    Record record;
    record.first_due = record.due = store::due_time(from, now);
    Job& job = record.job;
    job.id = from.id;
    job.type = from.type;
    job.queue = from.queue;
    job.args = from.args;
    job.meta = from.meta;
    job.tags = from.tags;
    job.state = record.due > now ? JobState::scheduled : JobState::available;
    job.priority = from.priority;
    job.max_attempts = from.max_attempts;
    job.retry = from.retry;
    job.timeout = from.timeout;
    job.unique_key = from.unique_key;
    job.unique = from.unique;
    job.key = from.key;
    job.weight = from.weight;
    job.needs = from.needs;
    job.expires_at = from.expires_at;
    job.created_at = now;
    return record;
}

std::vector<InsertResult> MemoryStore::insert(std::span<const NewJob> jobs) {
    store::check_new_jobs(jobs, sizes_);
    const std::lock_guard lock{mutex_};
    const Timestamp now = this->now();
    std::vector<InsertResult> results;
    results.reserve(jobs.size());
    for (const NewJob& job : jobs)
        results.push_back(insert_one(job, now));
    return results;
}

InsertResult MemoryStore::insert_one(const NewJob& job, Timestamp now) {
    if (jobs_.find(job.id)) return {InsertResult::Kind::already_there, job.id};
    if (const auto* const hold = unique_.find(job.unique_key, now)) {
        return suppress(job, *hold, now);
    }
    Record& kept = add_record(job, make_record(job, now));
    if (!job.unique_key.empty()) hold_unique_key(kept);
    tell_enqueued(kept, now);
    return {InsertResult::Kind::inserted, job.id};
}

void MemoryStore::tell_enqueued(const Record& record, Timestamp now) {
    const Job& job = record.job;
    if (!events_.wanted(EventKind::job_enqueued, job.id)) return;
    const auto told = core::event_job(job);
    if (job.state == JobState::pending) return events_.note(core::enqueued_pending(told), now);
    const bool waits = is_waiting(job.state);
    events_.note(core::enqueued(told, waits ? std::optional{record.due} : std::nullopt), now);
}

Record& MemoryStore::add_record(const NewJob& job, Record record) {
    record.place = orders_.place(job, record.first_due, jobs_.next_seq());
    record.turn = turn_in(record.job.state, record);
    Record& kept = jobs_.add(std::move(record));
    wake_for(kept);
    return kept;
}

}  // namespace errand::memory
