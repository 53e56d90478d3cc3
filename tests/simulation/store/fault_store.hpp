#pragma once

#include "simulation/world.hpp"
#include "support/forwarding_store.hpp"

#include <deque>
#include <type_traits>

namespace errand::sim {

/// The store as one simulated process or client sees it: calls take time, fail, hang, or kill the
/// caller.
class FaultStore final : public test::ForwardingStore {
public:
    /// `host` is null for clients, which do not die.
    FaultStore(World& world, Host* host)
        : test::ForwardingStore(world.store), world_(world), host_(host) {}

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
    /// The simulated loops wait in the scheduler.
    std::uint32_t wait(WakeChannel channel, std::uint32_t, Duration) override {
        return generation(channel);
    }
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
    bool remove_schedule(std::string_view name) override;
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

private:
    enum class Kind : std::uint8_t { read, write };

    template <class F>
    std::invoke_result_t<F&> call(Kind kind, F apply);
    void before_call(Kind kind);
    void after_call();
    void wait_for_others();
    void expect_reachable();
    [[noreturn]] void die();
    [[nodiscard]] bool is_cut_off() const;
    [[nodiscard]] bool hit(Fault fault) { return world_.chance.hit(world_.faults[fault]); }

    World& world_;
    Host* host_;
    std::deque<Job> looks_;  ///< the newest few answers, for giving them again
};

}  // namespace errand::sim
