#pragma once

#include "support/forwarding_store.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace errand::sim {

/// A memory store on a machine whose power can be cut, which ends all workers and takes the marks
/// of their leases along. What was not synced yet can be lost as well: then the store is built anew
/// from the calls up to the last sync.
class PowerStore final : public test::ForwardingStore {
public:
    /// `remembers`: whether a cut may ever lose something that happened; remembering has its price.
    PowerStore(const Clock& clock, bool remembers);
    ~PowerStore() override;
    PowerStore(const PowerStore&) = delete;
    PowerStore& operator=(const PowerStore&) = delete;

    /// All that has happened is on the disk now, and the next things are not until the next sync.
    void sync() noexcept { synced_ = calls_.size(); }
    /// All sessions are gone, or go without another word. False: nothing that happened is lost;
    /// true: what happened since sync() is.
    void cut_power(bool lose_unsynced);

    std::vector<InsertResult> insert(std::span<const NewJob> jobs) override;
    std::unique_ptr<WorkerSession> join(const WorkerInfo& info) override;
    std::vector<Lease> claim(const ClaimRequest& request) override;
    std::vector<SettleResult> settle(std::span<const Settlement> items) override;
    std::vector<HeartbeatResult> heartbeat(std::span<const Heartbeat> items) override;
    std::vector<TakenLease> take_over_expired(WorkerId worker, std::uint32_t max,
                                              Duration lease) override;
    Promotion promote_due(std::uint32_t max) override;
    bool record_effect(const LeaseRef& lease, std::string_view key, std::string_view value,
                       EffectWrite write) override;
    std::vector<ControlResult> cancel(std::span<const JobId> ids) override;
    std::vector<ControlResult> retry(std::span<const JobId> ids) override;
    std::vector<ControlResult> remove(std::span<const JobId> ids) override;
    using Store::set_paused;
    void set_paused(const Scope& scope, bool paused, std::string_view by) override;
    void set_queue_settings(std::string_view queue, const QueueSettings& settings) override;
    void set_limit(const Limit& limit) override;
    std::uint32_t unblock_key(std::string_view queue, std::string_view key) override;
    std::uint32_t prune(const Retention& retention, std::uint32_t max) override;
    ScheduleChange put_schedule(const ScheduleDefinition& definition, std::string_view by) override;
    bool remove_schedule(std::string_view name) override;
    void set_schedule_state(std::string_view name, ScheduleState to, std::string_view by) override;
    std::vector<FireResult> fire(std::span<const FireRequest> requests) override;
    bool insert_workflow(const NewWorkflow& workflow) override;
    std::optional<std::vector<AddResult>> extend_workflow(
        const LeaseRef& lease, std::span<const WorkflowJob> jobs) override;
    ControlResult cancel_workflow(const WorkflowId& id) override;
    ControlResult retry_workflow(const WorkflowId& id, std::uint64_t& retried) override;
    void put_subscription(const Subscription& subscription) override;
    bool acknowledge_events(std::string_view name, std::uint64_t seq) override;
    SignalResult signal(const JobId& id, std::string_view name, std::string_view value) override;

private:
    class Session;
    class ReplayClock;
    struct Call {
        Timestamp at;
        std::function<void()> repeat;
    };

    /// Makes the call, and remembers how to make it again.
    template <class F>
    auto apply(F call);
    void mark(WorkerId worker, std::uint32_t slot, const LeaseRef& lease, RunMark mark);
    void retire(WorkerId worker);
    void leave(WorkerId worker);
    void rebuild();
    void lose_marks();

    const bool remembers_;
    std::unique_ptr<ReplayClock> clock_;
    std::vector<Call> calls_;
    std::size_t synced_ = 0;
    std::map<WorkerId, std::unique_ptr<WorkerSession>> sessions_;
    std::uint64_t cuts_ = 0;  ///< tells sessions of before a cut from those after it
};

}  // namespace errand::sim
