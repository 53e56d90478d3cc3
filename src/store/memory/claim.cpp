#include "core/event_data.hpp"
#include "core/labels.hpp"
#include "store/checks.hpp"
#include "store/memory/memory_store.hpp"

#include <cassert>
#include <queue>
#include <set>
#include <utility>

namespace errand::memory {

namespace {

/// The jobs of one lane from the next on.
struct Cursor {
    JobTable::Candidates::const_iterator next;
    JobTable::Candidates::const_iterator end;
    ClaimLimits::Bounds bounds;
};

/// Of two lanes, which one's next job is to be claimed later?
struct ByNext {
    bool operator()(const Cursor& a, const Cursor& b) const { return ByPlace{}(*b.next, *a.next); }
};

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
    lease.key = job.key;
    lease.expires_at = job.expires_at;
    lease.scheduled_at = job.scheduled_at;
    lease.in_workflow = record.membership.has_value();
    lease.claimed_at = claimed_at;
    lease.lease_until = record.lease_until;
    return lease;
}

std::vector<Lease> MemoryStore::claim(const ClaimRequest& request) {
    store::check_length("lease", request.lease);
    const std::lock_guard lock{mutex_};
    static_cast<void>(workers_.member(request.worker));
    if (jobs_.is_nothing_to_claim()) return {};
    const Timestamp now = this->now();
    ClaimLimits limits{limits_, jobs_.leases(), now};
    std::vector<Lease> leases;
    for (const QueueDemand& demand : request.queues)
        claim_from(demand, request, limits, now, leases);
    if (limits.opening_noted()) wake(WakeChannel::schedule);
    return leases;
}

void MemoryStore::claim_from(const QueueDemand& demand, const ClaimRequest& request,
                             ClaimLimits& limits, Timestamp now, std::vector<Lease>& leases) {
    const std::string& queue = demand.queue;
    std::priority_queue<Cursor, std::vector<Cursor>, ByNext> lanes;
    const std::set<std::string_view> types{request.types.begin(), request.types.end()};
    for (const std::string_view type : types) {
        for (const auto& [key, needs, jobs] : jobs_.lanes(queue, type)) {
            if (is_paused(queue, type, key)) continue;
            if (!core::has_all(request.labels, needs)) continue;
            lanes.push({jobs->begin(), jobs->end(), limits.holding(queue, type, key)});
        }
    }
    const WorkerView& worker = workers_.member(request.worker);
    for (std::uint32_t count = 0; count < demand.max_jobs && !lanes.empty();) {
        Cursor lane = lanes.top();
        lanes.pop();
        Record& record = **lane.next;
        if (!limits.allow(lane.bounds, record.job.weight)) continue;  // the lane ends here
        limits.take(lane.bounds, record.job.weight);
        // Before the job leaves its lane, and the last one takes the lane along.
        ++lane.next;
        if (lane.next != lane.end) lanes.push(std::move(lane));
        orders_.claimed(queue, record.place);
        leases.push_back(claim_one(record, worker, request.lease, now));
        ++count;
    }
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
    if (events_.wanted(EventKind::job_started, job.id)) {
        events_.note(core::started(core::event_job(job), worker.info.name), now);
    }
    return make_lease(record, now);
}

}  // namespace errand::memory
