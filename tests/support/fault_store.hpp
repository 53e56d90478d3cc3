#pragma once

#include <errand/error.hpp>
#include <errand/store/store.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace errand::test {

/// A real store that fails on demand. While a call is refused it throws store_unavailable without
/// reaching the store; `lose_answer` lets it reach the store and throws all the same.
class FaultStore final : public Store {
public:
    explicit FaultStore(std::shared_ptr<Store> store) : store_(std::move(store)) {}

    struct Fault {
        std::atomic<bool> refuse{false};
        std::atomic<bool> lose_answer{false};
        std::atomic<int> refuse_after{-1};  ///< calls; -1: never
        std::atomic<int> calls{0};
        std::atomic<int> faults{0};
    };
    Fault on_insert, on_claim, on_settle, on_heartbeat, on_take_over, on_promote, on_fire,
        on_schedules;
    /// Called with what is to be fired, before the store is; may throw.
    std::function<void(std::span<const FireRequest>)> before_fire{};
    /// While set, no wake-up is seen.
    std::atomic<bool> deaf{false};

    Timestamp now() override { return store_->now(); }
    std::vector<InsertResult> insert(std::span<const NewJob> jobs) override {
        return call(on_insert, [&] { return store_->insert(jobs); });
    }
    std::unique_ptr<WorkerSession> join(const WorkerInfo& info) override {
        return store_->join(info);
    }
    std::vector<Lease> claim(const ClaimRequest& request) override {
        return call(on_claim, [&] { return store_->claim(request); });
    }
    std::vector<SettleResult> settle(std::span<const Settlement> items) override {
        return call(on_settle, [&] { return store_->settle(items); });
    }
    std::vector<HeartbeatResult> heartbeat(std::span<const Heartbeat> items) override {
        return call(on_heartbeat, [&] { return store_->heartbeat(items); });
    }
    std::vector<TakenLease> take_over_expired(WorkerId worker, std::uint32_t max,
                                              Duration lease) override {
        return call(on_take_over, [&] { return store_->take_over_expired(worker, max, lease); });
    }
    Promotion promote_due(std::uint32_t max) override {
        return call(on_promote, [&] { return store_->promote_due(max); });
    }
    std::optional<std::string> find_effect(const JobId& id, std::string_view key) override {
        return store_->find_effect(id, key);
    }
    bool record_effect(const LeaseRef& lease, std::string_view key, std::string_view value,
                       EffectWrite write) override {
        return store_->record_effect(lease, key, value, write);
    }
    std::uint32_t generation(WakeChannel channel) noexcept override {
        return deaf ? 0 : store_->generation(channel);
    }
    std::uint32_t wait(WakeChannel channel, std::uint32_t seen, Duration timeout) override {
        return store_->wait(channel, seen, timeout);
    }
    void wake(WakeChannel channel) noexcept override { store_->wake(channel); }

    std::optional<Job> find(const JobId& id) override { return store_->find(id); }
    JobPage list(const JobFilter& filter, std::uint32_t limit, std::string_view cursor) override {
        return store_->list(filter, limit, cursor);
    }
    std::vector<AttemptLog> logs(const JobId& id) override { return store_->logs(id); }
    StoreStats stats() override { return store_->stats(); }
    std::vector<WorkerView> workers() override { return store_->workers(); }
    std::map<std::string, QueueSettings> queue_settings() override {
        return store_->queue_settings();
    }
    std::vector<LimitView> limits() override { return store_->limits(); }
    std::vector<PauseView> pauses() override { return store_->pauses(); }
    std::vector<KeyView> blocked_keys(std::uint32_t max) override {
        return store_->blocked_keys(max);
    }
    std::optional<KeyView> find_key(std::string_view queue, std::string_view key) override {
        return store_->find_key(queue, key);
    }
    std::vector<SuppressedView> suppressed(std::uint32_t max) override {
        return store_->suppressed(max);
    }
    std::vector<CheckFinding> check() override { return store_->check(); }

    std::vector<ControlResult> cancel(std::span<const JobId> ids) override {
        return store_->cancel(ids);
    }
    std::vector<ControlResult> retry(std::span<const JobId> ids) override {
        return store_->retry(ids);
    }
    std::vector<ControlResult> remove(std::span<const JobId> ids) override {
        return store_->remove(ids);
    }
    using Administration::set_paused;
    void set_paused(const Scope& scope, bool paused, std::string_view by) override {
        store_->set_paused(scope, paused, by);
    }
    void set_queue_settings(std::string_view queue, const QueueSettings& settings) override {
        store_->set_queue_settings(queue, settings);
    }
    void set_limit(const Limit& limit) override { store_->set_limit(limit); }
    std::uint32_t unblock_key(std::string_view queue, std::string_view key) override {
        return store_->unblock_key(queue, key);
    }
    std::uint32_t prune(const Retention& retention, std::uint32_t max) override {
        return store_->prune(retention, max);
    }
    ScheduleChange put_schedule(const ScheduleDefinition& definition,
                                std::string_view by) override {
        return store_->put_schedule(definition, by);
    }
    bool remove_schedule(std::string_view name) override { return store_->remove_schedule(name); }
    void set_schedule_state(std::string_view name, ScheduleState to, std::string_view by) override {
        store_->set_schedule_state(name, to, by);
    }
    std::optional<ScheduleView> find_schedule(std::string_view name) override {
        return store_->find_schedule(name);
    }
    std::vector<ScheduleView> schedules_after(std::uint64_t version, std::uint32_t max) override {
        return call(on_schedules, [&] { return store_->schedules_after(version, max); });
    }
    std::vector<FireResult> fire(std::span<const FireRequest> requests) override {
        if (before_fire) before_fire(requests);
        return call(on_fire, [&] { return store_->fire(requests); });
    }
    std::vector<FireRecord> schedule_history(std::string_view name, std::uint64_t before,
                                             std::uint32_t max) override {
        return store_->schedule_history(name, before, max);
    }
    bool insert_workflow(const NewWorkflow& workflow) override {
        return store_->insert_workflow(workflow);
    }
    std::optional<std::vector<AddResult>> extend_workflow(
        const LeaseRef& lease, std::span<const WorkflowJob> jobs) override {
        return store_->extend_workflow(lease, jobs);
    }
    std::optional<WorkflowView> find_workflow(const WorkflowId& id) override {
        return store_->find_workflow(id);
    }
    std::vector<WorkflowView> list_workflows(std::optional<WorkflowState> state,
                                             std::optional<WorkflowId> before,
                                             std::uint32_t max) override {
        return store_->list_workflows(state, before, max);
    }
    WorkflowJobPage workflow_jobs(const WorkflowId& id, std::uint64_t from,
                                  std::uint32_t max) override {
        return store_->workflow_jobs(id, from, max);
    }
    std::vector<ParentResult> parent_results(const JobId& job) override {
        return store_->parent_results(job);
    }
    ControlResult cancel_workflow(const WorkflowId& id) override {
        return store_->cancel_workflow(id);
    }
    ControlResult retry_workflow(const WorkflowId& id, std::uint64_t& retried) override {
        return store_->retry_workflow(id, retried);
    }
    void put_subscription(const Subscription& subscription) override {
        store_->put_subscription(subscription);
    }
    bool remove_subscription(std::string_view name) override {
        return store_->remove_subscription(name);
    }
    std::vector<SubscriptionView> subscriptions() override { return store_->subscriptions(); }
    std::optional<EventPage> read_events(std::string_view name, std::uint32_t max) override {
        return store_->read_events(name, max);
    }
    bool acknowledge_events(std::string_view name, std::uint64_t seq) override {
        return store_->acknowledge_events(name, seq);
    }
    SignalResult signal(const JobId& id, std::string_view name, std::string_view value) override {
        return store_->signal(id, name, value);
    }
    std::string url() const override { return store_->url(); }

private:
    template <class F>
    std::invoke_result_t<F&> call(Fault& fault, F real) {
        const int made = fault.calls++;
        if (fault.refuse || (fault.refuse_after >= 0 && made >= fault.refuse_after)) fail(fault);
        auto answer = real();
        if (fault.lose_answer) fail(fault);
        return answer;
    }
    [[noreturn]] static void fail(Fault& fault) {
        ++fault.faults;
        throw Error(ErrorCode::store_unavailable, "the test took the store away");
    }

    std::shared_ptr<Store> store_;
};

}  // namespace errand::test
