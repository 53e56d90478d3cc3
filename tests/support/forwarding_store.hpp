#pragma once

#include <errand/store/store.hpp>

#include <memory>
#include <string>
#include <utility>

namespace errand::test {

/// A store that hands every call on to another: what a layer does not change it inherits.
class ForwardingStore : public Store {
public:
    explicit ForwardingStore(std::shared_ptr<Store> inner) : inner_(std::move(inner)) {}

    Timestamp now() override { return inner_->now(); }
    std::vector<InsertResult> insert(std::span<const NewJob> jobs) override {
        return inner_->insert(jobs);
    }
    std::unique_ptr<WorkerSession> join(const WorkerInfo& info) override {
        return inner_->join(info);
    }
    std::vector<Lease> claim(const ClaimRequest& request) override {
        return inner_->claim(request);
    }
    std::vector<SettleResult> settle(std::span<const Settlement> items) override {
        return inner_->settle(items);
    }
    std::vector<HeartbeatResult> heartbeat(std::span<const Heartbeat> items) override {
        return inner_->heartbeat(items);
    }
    std::vector<TakenLease> take_over_expired(WorkerId worker, std::uint32_t max,
                                              Duration lease) override {
        return inner_->take_over_expired(worker, max, lease);
    }
    Promotion promote_due(std::uint32_t max) override { return inner_->promote_due(max); }
    std::optional<std::string> find_effect(const JobId& id, std::string_view key) override {
        return inner_->find_effect(id, key);
    }
    bool record_effect(const LeaseRef& lease, std::string_view key, std::string_view value,
                       EffectWrite write) override {
        return inner_->record_effect(lease, key, value, write);
    }
    std::uint32_t generation(WakeChannel channel) noexcept override {
        return inner_->generation(channel);
    }
    std::uint32_t wait(WakeChannel channel, std::uint32_t seen, Duration timeout) override {
        return inner_->wait(channel, seen, timeout);
    }
    void wake(WakeChannel channel) noexcept override { inner_->wake(channel); }

    std::optional<Job> find(const JobId& id) override { return inner_->find(id); }
    JobPage list(const JobFilter& filter, std::uint32_t limit, std::string_view cursor) override {
        return inner_->list(filter, limit, cursor);
    }
    std::vector<AttemptLog> logs(const JobId& id) override { return inner_->logs(id); }
    StoreStats stats() override { return inner_->stats(); }
    std::vector<WorkerView> workers() override { return inner_->workers(); }
    std::map<std::string, QueueSettings> queue_settings() override {
        return inner_->queue_settings();
    }
    std::vector<LimitView> limits() override { return inner_->limits(); }
    std::vector<PauseView> pauses() override { return inner_->pauses(); }
    std::vector<KeyView> blocked_keys(std::uint32_t max) override {
        return inner_->blocked_keys(max);
    }
    std::optional<KeyView> find_key(std::string_view queue, std::string_view key) override {
        return inner_->find_key(queue, key);
    }
    std::vector<SuppressedView> suppressed(std::uint32_t max) override {
        return inner_->suppressed(max);
    }
    std::vector<CheckFinding> check() override { return inner_->check(); }

    std::vector<ControlResult> cancel(std::span<const JobId> ids) override {
        return inner_->cancel(ids);
    }
    std::vector<ControlResult> retry(std::span<const JobId> ids) override {
        return inner_->retry(ids);
    }
    std::vector<ControlResult> remove(std::span<const JobId> ids) override {
        return inner_->remove(ids);
    }
    using Store::set_paused;
    void set_paused(const Scope& scope, bool paused, std::string_view by) override {
        inner_->set_paused(scope, paused, by);
    }
    void set_queue_settings(std::string_view queue, const QueueSettings& settings) override {
        inner_->set_queue_settings(queue, settings);
    }
    void set_limit(const Limit& limit) override { inner_->set_limit(limit); }
    std::uint32_t unblock_key(std::string_view queue, std::string_view key) override {
        return inner_->unblock_key(queue, key);
    }
    std::uint32_t prune(const Retention& retention, std::uint32_t max) override {
        return inner_->prune(retention, max);
    }
    ScheduleChange put_schedule(const ScheduleDefinition& definition,
                                std::string_view by) override {
        return inner_->put_schedule(definition, by);
    }
    bool remove_schedule(std::string_view name) override { return inner_->remove_schedule(name); }
    void set_schedule_state(std::string_view name, ScheduleState to, std::string_view by) override {
        inner_->set_schedule_state(name, to, by);
    }
    std::optional<ScheduleView> find_schedule(std::string_view name) override {
        return inner_->find_schedule(name);
    }
    std::vector<ScheduleView> schedules_after(std::uint64_t version, std::uint32_t max) override {
        return inner_->schedules_after(version, max);
    }
    std::vector<FireResult> fire(std::span<const FireRequest> requests) override {
        return inner_->fire(requests);
    }
    std::vector<FireRecord> schedule_history(std::string_view name, std::uint64_t before,
                                             std::uint32_t max) override {
        return inner_->schedule_history(name, before, max);
    }
    bool insert_workflow(const NewWorkflow& workflow) override {
        return inner_->insert_workflow(workflow);
    }
    std::optional<std::vector<AddResult>> extend_workflow(
        const LeaseRef& lease, std::span<const WorkflowJob> jobs) override {
        return inner_->extend_workflow(lease, jobs);
    }
    std::optional<WorkflowView> find_workflow(const WorkflowId& id) override {
        return inner_->find_workflow(id);
    }
    std::vector<WorkflowView> list_workflows(std::optional<WorkflowState> state,
                                             std::optional<WorkflowId> before,
                                             std::uint32_t max) override {
        return inner_->list_workflows(state, before, max);
    }
    WorkflowJobPage workflow_jobs(const WorkflowId& id, std::uint64_t from,
                                  std::uint32_t max) override {
        return inner_->workflow_jobs(id, from, max);
    }
    std::vector<ParentResult> parent_results(const JobId& job) override {
        return inner_->parent_results(job);
    }
    ControlResult cancel_workflow(const WorkflowId& id) override {
        return inner_->cancel_workflow(id);
    }
    ControlResult retry_workflow(const WorkflowId& id, std::uint64_t& retried) override {
        return inner_->retry_workflow(id, retried);
    }
    void put_subscription(const Subscription& subscription) override {
        inner_->put_subscription(subscription);
    }
    bool remove_subscription(std::string_view name) override {
        return inner_->remove_subscription(name);
    }
    std::vector<SubscriptionView> subscriptions() override { return inner_->subscriptions(); }
    std::optional<EventPage> read_events(std::string_view name, std::uint32_t max) override {
        return inner_->read_events(name, max);
    }
    bool acknowledge_events(std::string_view name, std::uint64_t seq) override {
        return inner_->acknowledge_events(name, seq);
    }
    SignalResult signal(const JobId& id, std::string_view name, std::string_view value) override {
        return inner_->signal(id, name, value);
    }
    std::string url() const override { return inner_->url(); }

protected:
    [[nodiscard]] Store& inner() const noexcept { return *inner_; }
    void replace_inner(std::shared_ptr<Store> inner) { inner_ = std::move(inner); }

private:
    std::shared_ptr<Store> inner_;
};

/// The same for a membership.
class ForwardingSession : public WorkerSession {
public:
    explicit ForwardingSession(std::unique_ptr<WorkerSession> inner) : inner_(std::move(inner)) {}
    [[nodiscard]] WorkerId id() const noexcept override { return inner_->id(); }
    void mark(std::uint32_t slot, const LeaseRef& lease, RunMark mark) noexcept override {
        inner_->mark(slot, lease, mark);
    }
    void retire() override { inner_->retire(); }

private:
    std::unique_ptr<WorkerSession> inner_;
};

}  // namespace errand::test
