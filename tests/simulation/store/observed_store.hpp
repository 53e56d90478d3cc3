#pragma once

#include "support/forwarding_store.hpp"

#include <array>
#include <cstdint>

namespace errand::sim {

class Oracle;
class Scheduler;

/// The one place where calls are applied: tells the oracle what the store did, in its order, and
/// those who wait for a channel that it has changed.
class ObservedStore final : public test::ForwardingStore {
public:
    ObservedStore(std::shared_ptr<Store> inner, Oracle& oracle, Scheduler& scheduler)
        : test::ForwardingStore(std::move(inner)), oracle_(oracle), scheduler_(scheduler) {}

    Timestamp now() override;
    std::vector<InsertResult> insert(std::span<const NewJob> jobs) override;
    std::unique_ptr<WorkerSession> join(const WorkerInfo& info) override;
    std::vector<Lease> claim(const ClaimRequest& request) override;
    std::vector<SettleResult> settle(std::span<const Settlement> items) override;
    std::vector<HeartbeatResult> heartbeat(std::span<const Heartbeat> items) override;
    std::vector<TakenLease> take_over_expired(WorkerId worker, std::uint32_t max,
                                              Duration lease) override;
    Promotion promote_due(std::uint32_t max) override;
    std::optional<std::string> find_effect(const JobId& id, std::string_view key) override;
    bool record_effect(const LeaseRef& lease, std::string_view key, std::string_view value,
                       EffectWrite write) override;
    std::optional<Job> find(const JobId& id) override;
    std::vector<LimitView> limits() override;
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
    void set_schedule_state(std::string_view name, ScheduleState to, std::string_view by) override;
    std::vector<FireResult> fire(std::span<const FireRequest> requests) override;
    bool insert_workflow(const NewWorkflow& workflow) override;
    std::optional<std::vector<AddResult>> extend_workflow(
        const LeaseRef& lease, std::span<const WorkflowJob> jobs) override;
    std::optional<WorkflowView> find_workflow(const WorkflowId& id) override;
    std::vector<ParentResult> parent_results(const JobId& job) override;
    ControlResult cancel_workflow(const WorkflowId& id) override;
    ControlResult retry_workflow(const WorkflowId& id, std::uint64_t& retried) override;
    void put_subscription(const Subscription& subscription) override;
    std::optional<EventPage> read_events(std::string_view name, std::uint32_t max) override;
    bool acknowledge_events(std::string_view name, std::uint64_t seq) override;
    SignalResult signal(const JobId& id, std::string_view name, std::string_view value) override;

    /// How many calls were applied.
    [[nodiscard]] std::uint64_t calls() const noexcept { return calls_; }

private:
    /// After every call that may have changed something.
    void changed();
    void note(const JobId& id, std::uint64_t what);
    /// What the call did to workflows, as the store shows it.
    void look_at_workflows();
    void learn_callbacks();

    Oracle& oracle_;
    Scheduler& scheduler_;
    std::array<std::uint32_t, wake_channel_count> seen_{};  ///< generations
    std::uint64_t calls_ = 0;
};

}  // namespace errand::sim
