#include "core/event_data.hpp"
#include "store/checks.hpp"
#include "store/memory/memory_store.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace errand::memory {

namespace {

[[maybe_unused]] bool may_leave_active(JobState to) {
    return std::ranges::any_of(core::transitions(), [to](const core::Transition& transition) {
        return transition.from == JobState::active && transition.to == to;
    });
}

void keep_error(Job& job, const JobError& error, std::uint32_t kept) {
    job.errors.push_back(error);
    if (job.errors.size() > kept) job.errors.erase(job.errors.begin());
}

/// All that a settlement says about the attempt, besides where the job goes.
void keep_outcome(Record& record, const Settlement& item, const Limits& limits) {
    Job& job = record.job;
    if (item.log)
        keep_log(record, *item.log, limits);  // under the attempt's number: before it is given back
    if (!item.uses_attempt) {
        assert(job.attempt > 0);
        --job.attempt;
    }
    job.crashes += item.counts_crash;
    job.interruptions += item.counts_interruption;
    if (item.to == JobState::completed) job.result = item.result;
    if (item.error) keep_error(job, *item.error, limits.errors_kept);
}

}  // namespace

void keep_log(Record& record, const std::string& text, const Limits& limits) {
    const Job& job = record.job;
    record.logs[job.lease_seq] = {job.attempt, job.lease_seq, text};
    if (record.logs.size() > limits.logs_kept) record.logs.erase(record.logs.begin());
}

std::vector<SettleResult> MemoryStore::settle(std::span<const Settlement> items) {
    store::check_settlements(items, sizes_);
    const std::lock_guard lock{mutex_};
    const Timestamp now = this->now();
    // The end of a lease may let another job begin, also where a breaker let one try.
    const bool makes_room = limits_.any_counts_leases();
    std::vector<SettleResult> results;
    results.reserve(items.size());
    for (const Settlement& item : items)
        results.push_back(settle_one(item, now));
    work_off_workflows(now);
    const bool ended = std::ranges::any_of(results, [](SettleResult result) {
        return result == SettleResult::ok || result == SettleResult::recorded_cancel;
    });
    if (ended && makes_room) wake(WakeChannel::work);
    return results;
}

SettleResult MemoryStore::settle_one(const Settlement& item, Timestamp now) {
    assert(may_leave_active(item.to));
    Record* const record = leased(item.lease);
    if (!record) {
        // A lease ends only here, so the newest one of a job that is not active was settled.
        const Record* const known = jobs_.find(item.lease);
        const bool newest = known && known->job.lease_seq == item.lease.lease_seq;
        return newest && item.lease.lease_seq > 0 ? SettleResult::already_settled
                                                  : SettleResult::lease_lost;
    }
    Job& job = record->job;
    const JobState to = std::exchange(job.cancel_requested, false) ? JobState::cancelled : item.to;
    limits_.learn(job, item, now);
    if (events_.wanted(core::kind_of_settlement(to), job.id)) {
        events_.note(core::settled(core::event_job(job), item, to, now + item.delay), now);
    }
    keep_outcome(*record, item, sizes_);
    if (is_end(to)) job.finished_at = now;
    record->due = now + item.delay;
    workers_.drop_lease(record->holder);
    if (to == JobState::scheduled && !item.signal.empty()) {
        park(*record, item.signal);
    } else {
        move(*record, to);
    }
    return to == item.to ? SettleResult::ok : SettleResult::recorded_cancel;
}

}  // namespace errand::memory
