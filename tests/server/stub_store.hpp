#pragma once

#include <errand/error.hpp>
#include <errand/store/store.hpp>

#include <atomic>
#include <future>

namespace errand::test {

/// A store of which only the calls that the health pages make do something: they can be told to
/// fail or to hang, and are counted. Everything else is empty.
class StubStore : public Store {
public:
    std::atomic<bool> failing = false;
    std::atomic<int> stats_calls = 0;
    std::atomic<int> find_calls = 0;
    std::shared_future<void> gate;  ///< when valid: looking waits for it
    StoreStats told_stats;
    std::vector<WorkerView> told_workers;

    std::optional<Job> find(const JobId&) override {
        ++find_calls;
        look();
        return {};
    }
    StoreStats stats() override {
        ++stats_calls;
        look();
        return told_stats;
    }
    std::vector<WorkerView> workers() override { return told_workers; }

    std::string url() const override { return "stub:"; }
    Timestamp now() override { return {}; }
    std::vector<InsertResult> insert(std::span<const NewJob>) override { return {}; }
    std::unique_ptr<WorkerSession> join(const WorkerInfo&) override { return {}; }
    std::vector<Lease> claim(const ClaimRequest&) override { return {}; }
    std::vector<SettleResult> settle(std::span<const Settlement>) override { return {}; }
    std::vector<HeartbeatResult> heartbeat(std::span<const Heartbeat>) override { return {}; }
    std::vector<TakenLease> take_over_expired(WorkerId, std::uint32_t, Duration) override {
        return {};
    }
    Promotion promote_due(std::uint32_t) override { return {}; }
    std::optional<std::string> find_effect(const JobId&, std::string_view) override { return {}; }
    bool record_effect(const LeaseRef&, std::string_view, std::string_view, EffectWrite) override {
        return false;
    }
    std::uint32_t generation(WakeChannel) noexcept override { return 0; }
    std::uint32_t wait(WakeChannel, std::uint32_t seen, Duration) override { return seen; }
    void wake(WakeChannel) noexcept override {}
    JobPage list(const JobFilter&, std::uint32_t, std::string_view) override { return {}; }
    std::vector<AttemptLog> logs(const JobId&) override { return {}; }
    std::map<std::string, QueueSettings> queue_settings() override { return {}; }
    std::vector<LimitView> limits() override { return {}; }
    std::vector<PauseView> pauses() override { return {}; }
    std::vector<KeyView> blocked_keys(std::uint32_t) override { return {}; }
    std::optional<KeyView> find_key(std::string_view, std::string_view) override { return {}; }
    std::vector<SuppressedView> suppressed(std::uint32_t) override { return {}; }
    std::vector<CheckFinding> check() override { return {}; }
    std::vector<ControlResult> cancel(std::span<const JobId>) override { return {}; }
    std::vector<ControlResult> retry(std::span<const JobId>) override { return {}; }
    std::vector<ControlResult> remove(std::span<const JobId>) override { return {}; }
    using Administration::set_paused;
    void set_paused(const Scope&, bool, std::string_view) override {}
    void set_queue_settings(std::string_view, const QueueSettings&) override {}
    void set_limit(const Limit&) override {}
    std::uint32_t unblock_key(std::string_view, std::string_view) override { return 0; }
    std::uint32_t prune(const Retention&, std::uint32_t) override { return 0; }
    ScheduleChange put_schedule(const ScheduleDefinition&, std::string_view) override {
        return ScheduleChange::unchanged;
    }
    bool remove_schedule(std::string_view) override { return false; }
    void set_schedule_state(std::string_view, ScheduleState, std::string_view) override {}
    std::optional<ScheduleView> find_schedule(std::string_view) override { return {}; }
    std::vector<ScheduleView> schedules_after(std::uint64_t, std::uint32_t) override { return {}; }
    std::vector<FireResult> fire(std::span<const FireRequest>) override { return {}; }
    std::vector<FireRecord> schedule_history(std::string_view, std::uint64_t,
                                             std::uint32_t) override {
        return {};
    }
    bool insert_workflow(const NewWorkflow&) override { return false; }
    std::optional<std::vector<AddResult>> extend_workflow(const LeaseRef&,
                                                          std::span<const WorkflowJob>) override {
        return {};
    }
    std::optional<WorkflowView> find_workflow(const WorkflowId&) override { return {}; }
    std::vector<WorkflowView> list_workflows(std::optional<WorkflowState>,
                                             std::optional<WorkflowId>, std::uint32_t) override {
        return {};
    }
    WorkflowJobPage workflow_jobs(const WorkflowId&, std::uint64_t, std::uint32_t) override {
        return {};
    }
    std::vector<ParentResult> parent_results(const JobId&) override { return {}; }
    ControlResult cancel_workflow(const WorkflowId&) override { return ControlResult::not_found; }
    ControlResult retry_workflow(const WorkflowId&, std::uint64_t&) override {
        return ControlResult::not_found;
    }
    void put_subscription(const Subscription&) override {}
    bool remove_subscription(std::string_view) override { return false; }
    std::vector<SubscriptionView> subscriptions() override { return {}; }
    std::optional<EventPage> read_events(std::string_view, std::uint32_t) override { return {}; }
    bool acknowledge_events(std::string_view, std::uint64_t) override { return false; }
    SignalResult signal(const JobId&, std::string_view, std::string_view) override {
        return SignalResult::not_found;
    }

private:
    void look() const {
        if (gate.valid()) gate.wait();
        if (failing) throw Error(ErrorCode::store_unavailable, "disk on fire; use water");
    }
};

}  // namespace errand::test
