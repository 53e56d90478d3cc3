#include "store/checks.hpp"
#include "store/memory/memory_store.hpp"

#include <utility>

namespace errand::memory {

namespace {

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

}  // namespace

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
    Record record = make_record(job, now);
    record.place = orders_.place(job, record.first_due, jobs_.next_seq());
    record.turn = turn_in(record.job.state, record);
    Record& kept = jobs_.add(std::move(record));
    if (!job.unique_key.empty()) hold_unique_key(kept);
    wake_for(kept);
    return {InsertResult::Kind::inserted, job.id};
}

}  // namespace errand::memory
