#include "simulation/store/observed_store.hpp"

#include "simulation/oracle/oracle.hpp"
#include "simulation/time/scheduler.hpp"

#include <cstring>
#include <string>

namespace errand::sim {
namespace {

class ObservedSession final : public test::ForwardingSession {
public:
    ObservedSession(std::unique_ptr<WorkerSession> inner, Oracle& oracle)
        : test::ForwardingSession(std::move(inner)), oracle_(oracle) {}
    ObservedSession(const ObservedSession&) = delete;
    ObservedSession& operator=(const ObservedSession&) = delete;
    ~ObservedSession() override { oracle_.died(id()); }

    void mark(std::uint32_t slot, const LeaseRef& lease, RunMark mark) noexcept override {
        test::ForwardingSession::mark(slot, lease, mark);
        oracle_.marked(lease, mark);
    }
    void retire() override {
        test::ForwardingSession::retire();
        oracle_.retired(id());
    }

private:
    Oracle& oracle_;
};

}  // namespace

void ObservedStore::changed() {
    ++calls_;
    if (oracle_.workflows_have_news()) look_at_workflows();
    for (std::size_t i = 0; i < seen_.size(); ++i) {
        const auto channel = static_cast<WakeChannel>(i);
        const auto present = generation(channel);
        if (present == seen_[i]) continue;
        seen_[i] = present;
        scheduler_.channel_changed(channel);
    }
}

/// The event log that two runs of one seed must have in common.
void ObservedStore::note(const JobId& id, std::uint64_t what) {
    std::uint64_t half = 0;
    std::memcpy(&half, id.bytes.data() + sizeof half, sizeof half);
    scheduler_.note(half ^ (what << 48));
}

std::vector<InsertResult> ObservedStore::insert(std::span<const NewJob> jobs) {
    auto results = test::ForwardingStore::insert(jobs);
    const auto now = this->now();
    for (std::size_t i = 0; i < results.size(); ++i) {
        note(results[i].id, static_cast<std::uint64_t>(results[i].kind));
        oracle_.inserted(jobs[i], results[i], now);
    }
    changed();
    return results;
}

std::unique_ptr<WorkerSession> ObservedStore::join(const WorkerInfo& info) {
    return std::make_unique<ObservedSession>(test::ForwardingStore::join(info), oracle_);
}

std::vector<Lease> ObservedStore::claim(const ClaimRequest& request) {
    auto leases = test::ForwardingStore::claim(request);
    oracle_.saw(now());
    for (const auto& lease : leases) {
        note(lease.ref.id, lease.ref.lease_seq);
        oracle_.claimed(lease, request);
    }
    changed();
    return leases;
}

std::vector<SettleResult> ObservedStore::settle(std::span<const Settlement> items) {
    auto results = test::ForwardingStore::settle(items);
    const auto now = this->now();
    for (std::size_t i = 0; i < results.size(); ++i) {
        note(items[i].lease.id, static_cast<std::uint64_t>(results[i]));
        oracle_.settled(items[i], results[i], now);
    }
    changed();
    return results;
}

std::vector<HeartbeatResult> ObservedStore::heartbeat(std::span<const Heartbeat> items) {
    auto results = test::ForwardingStore::heartbeat(items);
    const auto now = this->now();
    for (std::size_t i = 0; i < results.size(); ++i) {
        note(items[i].lease.id, static_cast<std::uint64_t>(results[i]));
        oracle_.beaten(items[i], results[i], now);
    }
    changed();
    return results;
}

std::vector<TakenLease> ObservedStore::take_over_expired(WorkerId worker, std::uint32_t max,
                                                         Duration lease) {
    auto taken = test::ForwardingStore::take_over_expired(worker, max, lease);
    const auto now = this->now();
    for (const auto& one : taken) {
        note(one.lease.ref.id, static_cast<std::uint64_t>(one.mark));
        oracle_.taken_over(one, worker, lease, now);
    }
    changed();
    return taken;
}

Promotion ObservedStore::promote_due(std::uint32_t max) {
    const auto promotion = test::ForwardingStore::promote_due(max);
    oracle_.saw(now());
    oracle_.promoted(promotion);
    scheduler_.note(promotion.promoted);
    changed();
    return promotion;
}

std::optional<std::string> ObservedStore::find_effect(const JobId& id, std::string_view key) {
    auto value = test::ForwardingStore::find_effect(id, key);
    oracle_.effect_found(id, std::string{key}, value);
    return value;
}

bool ObservedStore::record_effect(const LeaseRef& lease, std::string_view key,
                                  std::string_view value, EffectWrite write) {
    const bool recorded = test::ForwardingStore::record_effect(lease, key, value, write);
    oracle_.effect_recorded(lease, std::string{key}, value, write, recorded);
    changed();
    return recorded;
}

std::optional<Job> ObservedStore::find(const JobId& id) {
    auto job = test::ForwardingStore::find(id);
    oracle_.saw(now());
    if (job) oracle_.showed(*job);
    return job;
}

std::vector<ControlResult> ObservedStore::cancel(std::span<const JobId> ids) {
    auto results = test::ForwardingStore::cancel(ids);
    for (std::size_t i = 0; i < results.size(); ++i) {
        note(ids[i], static_cast<std::uint64_t>(results[i]));
        oracle_.cancelled(ids[i], results[i], now());
    }
    changed();
    return results;
}

std::vector<ControlResult> ObservedStore::retry(std::span<const JobId> ids) {
    auto results = test::ForwardingStore::retry(ids);
    oracle_.saw(now());
    for (std::size_t i = 0; i < results.size(); ++i) {
        note(ids[i], static_cast<std::uint64_t>(results[i]));
        oracle_.retried(ids[i], results[i]);
    }
    changed();
    return results;
}

std::vector<ControlResult> ObservedStore::remove(std::span<const JobId> ids) {
    auto results = test::ForwardingStore::remove(ids);
    oracle_.saw(now());
    for (std::size_t i = 0; i < results.size(); ++i) {
        note(ids[i], static_cast<std::uint64_t>(results[i]));
        oracle_.removed(ids[i], results[i]);
    }
    changed();
    return results;
}

void ObservedStore::set_paused(const Scope& scope, bool paused, std::string_view by) {
    test::ForwardingStore::set_paused(scope, paused, by);
    oracle_.paused(scope, paused);
    changed();
}

std::vector<LimitView> ObservedStore::limits() {
    auto views = test::ForwardingStore::limits();
    oracle_.showed(views, now());
    return views;
}

void ObservedStore::set_queue_settings(std::string_view queue, const QueueSettings& settings) {
    test::ForwardingStore::set_queue_settings(queue, settings);
    oracle_.ordered(std::string{queue}, settings, now());
    changed();
}

void ObservedStore::set_limit(const Limit& limit) {
    test::ForwardingStore::set_limit(limit);
    oracle_.limited(limit, now());
    changed();
}

std::uint32_t ObservedStore::unblock_key(std::string_view queue, std::string_view key) {
    const auto count = test::ForwardingStore::unblock_key(queue, key);
    oracle_.unblocked(std::string{queue}, std::string{key}, count);
    changed();
    return count;
}

std::uint32_t ObservedStore::prune(const Retention& retention, std::uint32_t max) {
    const auto count = test::ForwardingStore::prune(retention, max);
    oracle_.pruned(count);
    changed();
    return count;
}

ScheduleChange ObservedStore::put_schedule(const ScheduleDefinition& definition,
                                           std::string_view by) {
    const auto change = test::ForwardingStore::put_schedule(definition, by);
    oracle_.schedule_put(definition, change);
    changed();
    return change;
}

void ObservedStore::set_schedule_state(std::string_view name, ScheduleState to,
                                       std::string_view by) {
    test::ForwardingStore::set_schedule_state(name, to, by);
    oracle_.schedule_set(std::string{name}, to, now());
    changed();
}

/// To the oracle the jobs are like those that a client inserts.
std::vector<FireResult> ObservedStore::fire(std::span<const FireRequest> requests) {
    auto results = test::ForwardingStore::fire(requests);
    const auto now = this->now();
    for (std::size_t i = 0; i < results.size(); ++i) {
        scheduler_.note(static_cast<std::uint64_t>(results[i].kind));
        for (const auto& id : results[i].jobs)
            note(id, static_cast<std::uint64_t>(requests[i].kind));
        oracle_.fired(requests[i], results[i], now);
    }
    changed();
    return results;
}

/// Workers ask it right before they decide about ticks and expiry.
Timestamp ObservedStore::now() {
    const auto now = test::ForwardingStore::now();
    oracle_.saw(now);
    return now;
}

}  // namespace errand::sim
