#pragma once

#include "core/transitions.hpp"
#include "store/memory/claim_limits.hpp"
#include "store/memory/job_table.hpp"
#include "store/memory/limit_table.hpp"
#include "store/memory/queue_orders.hpp"
#include "store/memory/schedule_table.hpp"
#include "store/memory/unique_keys.hpp"
#include "store/memory/wake_board.hpp"
#include "store/memory/worker_table.hpp"

#include <errand/store/store.hpp>

#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace errand::memory {

/// The reference store: plain containers under one mutex, gone with the process. What the contract
/// means is read here, and every other store is compared with it.
class MemoryStore final : public Store {
public:
    explicit MemoryStore(const StoreOptions& options);

    // JobPath: memory_store.cpp, insert.cpp, unique.cpp, claim.cpp, settle.cpp, leases.cpp
    [[nodiscard]] Timestamp now() override { return clock_.now(); }
    [[nodiscard]] std::vector<InsertResult> insert(std::span<const NewJob> jobs) override;
    [[nodiscard]] std::unique_ptr<WorkerSession> join(const WorkerInfo& info) override;
    [[nodiscard]] std::vector<Lease> claim(const ClaimRequest& request) override;
    [[nodiscard]] std::vector<SettleResult> settle(std::span<const Settlement> items) override;
    [[nodiscard]] std::vector<HeartbeatResult> heartbeat(std::span<const Heartbeat> items) override;
    [[nodiscard]] std::vector<TakenLease> take_over_expired(WorkerId worker, std::uint32_t max,
                                                            Duration lease) override;
    [[nodiscard]] Promotion promote_due(std::uint32_t max) override;
    [[nodiscard]] std::optional<std::string> find_effect(const JobId& id,
                                                         std::string_view key) override;
    [[nodiscard]] bool record_effect(const LeaseRef& lease, std::string_view key,
                                     std::string_view value, EffectWrite write) override;
    [[nodiscard]] std::uint32_t generation(WakeChannel channel) noexcept override;
    std::uint32_t wait(WakeChannel channel, std::uint32_t seen, Duration timeout) override;
    void wake(WakeChannel channel) noexcept override;

    // Inspection: inspection.cpp, queue_settings.cpp, limits.cpp, pauses.cpp, keys.cpp
    [[nodiscard]] std::optional<Job> find(const JobId& id) override;
    [[nodiscard]] JobPage list(const JobFilter& filter, std::uint32_t limit,
                               std::string_view cursor) override;
    [[nodiscard]] std::vector<AttemptLog> logs(const JobId& id) override;
    [[nodiscard]] StoreStats stats() override;
    [[nodiscard]] std::vector<WorkerView> workers() override;
    [[nodiscard]] std::map<std::string, QueueSettings> queue_settings() override;
    [[nodiscard]] std::vector<LimitView> limits() override;
    [[nodiscard]] std::vector<PauseView> pauses() override;
    [[nodiscard]] std::vector<KeyView> blocked_keys(std::uint32_t max) override;
    [[nodiscard]] std::optional<KeyView> find_key(std::string_view queue,
                                                  std::string_view key) override;
    [[nodiscard]] std::vector<SuppressedView> suppressed(std::uint32_t max) override;
    [[nodiscard]] std::vector<CheckFinding> check() override;

    // Administration: administration.cpp, and those above
    [[nodiscard]] std::vector<ControlResult> cancel(std::span<const JobId> ids) override;
    [[nodiscard]] std::vector<ControlResult> retry(std::span<const JobId> ids) override;
    [[nodiscard]] SignalResult signal(const JobId& id, std::string_view name,
                                      std::string_view value) override;
    [[nodiscard]] std::vector<ControlResult> remove(std::span<const JobId> ids) override;
    using Administration::set_paused;
    void set_paused(const Scope& scope, bool paused, std::string_view by) override;
    void set_queue_settings(std::string_view queue, const QueueSettings& settings) override;
    void set_limit(const Limit& limit) override;
    [[nodiscard]] std::uint32_t unblock_key(std::string_view queue, std::string_view key) override;
    [[nodiscard]] std::uint32_t prune(const Retention& retention, std::uint32_t max) override;

    // Schedules: schedules.cpp, fire.cpp
    ScheduleChange put_schedule(const ScheduleDefinition& definition, std::string_view by) override;
    bool remove_schedule(std::string_view name) override;
    void set_schedule_state(std::string_view name, ScheduleState to, std::string_view by) override;
    [[nodiscard]] std::optional<ScheduleView> find_schedule(std::string_view name) override;
    [[nodiscard]] std::vector<ScheduleView> schedules_after(std::uint64_t version,
                                                            std::uint32_t max) override;
    [[nodiscard]] std::vector<FireResult> fire(std::span<const FireRequest> requests) override;
    [[nodiscard]] std::vector<FireRecord> schedule_history(std::string_view name,
                                                           std::uint64_t before,
                                                           std::uint32_t max) override;

    // Workflows: workflows.cpp
    bool insert_workflow(const NewWorkflow& workflow) override;
    [[nodiscard]] std::optional<std::vector<AddResult>> extend_workflow(
        const LeaseRef& lease, std::span<const WorkflowJob> jobs) override;
    [[nodiscard]] std::optional<WorkflowView> find_workflow(const WorkflowId& id) override;
    [[nodiscard]] std::vector<WorkflowView> list_workflows(std::optional<WorkflowState> state,
                                                           std::optional<WorkflowId> before,
                                                           std::uint32_t max) override;
    [[nodiscard]] WorkflowJobPage workflow_jobs(const WorkflowId& id, std::uint64_t from,
                                                std::uint32_t max) override;
    [[nodiscard]] std::vector<ParentResult> parent_results(const JobId& job) override;
    [[nodiscard]] ControlResult cancel_workflow(const WorkflowId& id) override;
    [[nodiscard]] ControlResult retry_workflow(const WorkflowId& id,
                                               std::uint64_t& retried) override;

    // Events: events.cpp
    void put_subscription(const Subscription& subscription) override;
    bool remove_subscription(std::string_view name) override;
    [[nodiscard]] std::vector<SubscriptionView> subscriptions() override;
    [[nodiscard]] std::optional<EventPage> read_events(std::string_view name,
                                                       std::uint32_t max) override;
    bool acknowledge_events(std::string_view name, std::uint64_t seq) override;

    [[nodiscard]] std::string url() const override { return "memory:"; }

private:
    class Session;

    // All below expect the mutex to be held by the caller.

    /// Changes the state of a job, after the transition was found legal, gives its turn to the next
    /// when it is over, lets its unique key go as its policy says, and wakes who waits for it.
    void move(Record& record, JobState to);
    void wake_for(const Record& changed) noexcept;
    /// What the job has of its key's turns once it is in `state`.
    [[nodiscard]] Turn turn_in(JobState state, const Record& record) const;
    /// Gives the turns that are free to those who wait for one.
    void admit_next(const std::string& queue, const std::string& key);
    [[nodiscard]] bool is_paused(std::string_view queue, std::string_view type,
                                 std::string_view key) const;
    /// The scope has a limit or a pause now, or no longer.
    void tell_apart(const Scope& scope);
    /// The active job that `lease` is valid for; null: lease_lost.
    [[nodiscard]] Record* leased(const LeaseRef& lease);

    InsertResult insert_one(const NewJob& job, Timestamp now);
    /// What becomes of a job whose key is held.
    InsertResult suppress(const NewJob& job, const UniqueKeys::Hold& hold, Timestamp now);
    void reschedule(Record& record, Timestamp due, Timestamp now);
    void hold_unique_key(Record& record);
    void release_unique_key(Record& record);
    /// False: another job holds the key of this one, which has ended.
    [[nodiscard]] bool hold_unique_key_again(Record& record, Timestamp now);
    /// The job goes, and all that is kept of it.
    void erase(Record& record);
    void claim_from(const QueueDemand& demand, const ClaimRequest& request, ClaimLimits& limits,
                    Timestamp now, std::vector<Lease>& leases);
    Lease claim_one(Record& record, const WorkerView& worker, Duration length, Timestamp now);
    SettleResult settle_one(const Settlement& item, Timestamp now);
    HeartbeatResult heartbeat_one(const Heartbeat& item, Timestamp now);
    TakenLease take_over(Record& record, const WorkerView& taker, Duration length, Timestamp now);
    ControlResult cancel_one(const JobId& id, Timestamp now);
    ControlResult retry_one(const JobId& id, Timestamp now);
    ControlResult remove_one(const JobId& id);
    /// The schedule's definition or state has just changed.
    void note_change(ScheduleEntry& entry, std::string_view by);
    FireResult fire_one(const FireRequest& request, Timestamp now);
    /// The ids of the jobs that were made.
    std::vector<JobId> make_ticks(ScheduleEntry& entry, const FireRequest& request, Timestamp now);
    /// By the overlap policy, if the schedule's last job is unfinished; cancels that as it says.
    bool is_held_back(const ScheduleView& view, const FireRequest& request, Timestamp now);
    void mark(const LeaseRef& lease, RunMark mark);
    void leave(WorkerId worker, bool died);

    const Limits sizes_;
    const Clock& clock_;
    std::mutex mutex_;
    JobTable jobs_;
    WorkerTable workers_;
    QueueOrders orders_;
    UniqueKeys unique_;
    LimitTable limits_;
    std::map<Scope, PauseView> pauses_;
    ScheduleTable schedules_;
    WakeBoard wake_board_;
};

/// The job with what a worker needs to run it, leased at `claimed_at`.
[[nodiscard]] Lease make_lease(const Record& record, Timestamp claimed_at);

/// Keeps `text` as the whole log of the present lease.
void keep_log(Record& record, const std::string& text, const Limits& limits);

}  // namespace errand::memory
