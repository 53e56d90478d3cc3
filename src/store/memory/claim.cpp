#include "store/checks.hpp"
#include "store/memory/memory_store.hpp"

#include <cassert>

namespace errand::memory {

namespace {

/// The job of `queue` whose turn it is among the given types; null: none is available.
Record* next_turn(const JobTable& jobs, const std::string& queue,
                  const std::vector<std::string>& types) {
    Record* best = nullptr;
    for (const std::string& type : types) {
        const JobTable::Turns* const turns = jobs.available(queue, type);
        if (!turns) continue;
        Record* const first = *turns->begin();
        if (!best || ByTurn{}(first, best)) best = first;
    }
    return best;
}

}  // namespace

Lease make_lease(const Record& record, Timestamp claimed_at) {
    const Job& job = record.job;
    Lease lease;
    lease.ref = {job.id, job.lease_seq, static_cast<std::int64_t>(record.seq)};
    lease.type = job.type;
    lease.queue = job.queue;
    lease.args = job.args;
    lease.meta = job.meta;
    lease.attempt = job.attempt;
    lease.max_attempts = job.max_attempts;
    lease.crashes = job.crashes;
    lease.interruptions = job.interruptions;
    lease.retry = job.retry;
    lease.timeout = job.timeout;
    lease.priority = job.priority;
    lease.scheduled_at = job.scheduled_at;
    lease.claimed_at = claimed_at;
    lease.lease_until = record.lease_until;
    return lease;
}

std::vector<Lease> MemoryStore::claim(const ClaimRequest& request) {
    store::check_length("lease", request.lease);
    const std::lock_guard lock{mutex_};
    const WorkerView& worker = workers_.member(request.worker);
    const Timestamp now = this->now();
    std::vector<Lease> leases;
    for (const auto& [queue, max_jobs] : request.queues) {
        if (paused_.contains(queue)) continue;
        for (std::uint32_t count = 0; count < max_jobs; ++count) {
            Record* const record = next_turn(jobs_, queue, request.types);
            if (!record) break;
            leases.push_back(claim_one(*record, worker, request.lease, now));
        }
    }
    return leases;
}

Lease MemoryStore::claim_one(Record& record, const WorkerView& worker, Duration length,
                             Timestamp now) {
    assert(core::find_transition(record.job.state, core::JobEvent::claim));
    record.lease_until = now + length;
    record.holder = worker.id;
    record.mark = RunMark::claimed;
    Job& job = record.job;
    ++job.attempt;
    ++job.lease_seq;
    job.started_at = now;
    job.worker = worker.info.name;
    workers_.add_lease(worker.id);
    move(record, JobState::active);
    return make_lease(record, now);
}

}  // namespace errand::memory
