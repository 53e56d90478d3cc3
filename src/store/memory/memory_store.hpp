#pragma once

#include "core/transitions.hpp"
#include "store/memory/claim_limits.hpp"
#include "store/memory/event_log.hpp"
#include "store/memory/job_table.hpp"
#include "store/memory/limit_table.hpp"
#include "store/memory/queue_orders.hpp"
#include "store/memory/schedule_table.hpp"
#include "store/memory/unique_keys.hpp"
#include "store/memory/wake_board.hpp"
#include "store/memory/worker_table.hpp"
#include "store/memory/workflow_table.hpp"

#include <errand/store/store.hpp>

#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>

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

    // Workflows: workflows.cpp, workflow_insert.cpp, workflow_end.cpp, workflow_control.cpp
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
    /// Gives a new job its place and its turn.
    Record& add_record(const NewJob& job, Record record);
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
    /// The job waits for the signal, unless it has come already: signals.cpp
    void park(Record& record, const std::string& signal);
    HeartbeatResult heartbeat_one(const Heartbeat& item, Timestamp now);
    void note_progress(Record& record, const Progress& progress, Timestamp now);
    TakenLease take_over(Record& record, const WorkerView& taker, Duration length, Timestamp now);
    ControlResult cancel_one(const JobId& id, Timestamp now);
    ControlResult retry_one(const JobId& id, Timestamp now);
    ControlResult remove_one(const JobId& id, Timestamp now);

    // Throws Error (conflict).
    void check_id_is_free(const JobId& id);
    void add_node(WorkflowEntry& entry, const WorkflowJob& job);
    void add_edge(WorkflowEntry& entry, std::uint32_t parent, std::uint32_t child,
                  OnFailure policy);
    /// The job of a node whose edges are all known.
    void insert_node(WorkflowEntry& entry, std::uint32_t position, const NewJob& job,
                     Timestamp now);
    void add_jobs(WorkflowEntry& entry, std::span<const WorkflowJob> jobs,
                  const std::vector<AddResult>& results);
    void skip_if_hopeless(WorkflowEntry& entry, WorkflowNode& node, Timestamp now);
    /// A job of a workflow has ended; work_off_workflows() does the rest.
    void note_node_end(const Record& record);
    /// Whatever follows from the ends that were noted, until nothing follows any more.
    void work_off_workflows(Timestamp now);
    void close_edges_of(WorkflowEntry& entry, std::uint32_t position, Timestamp now);
    void release_node(WorkflowEntry& entry, WorkflowNode& node, Timestamp now);
    /// Cancels a job that is not active.
    void end_waiting(Record& record, Timestamp now);
    void end_workflow(WorkflowEntry& entry, Timestamp now);
    /// The job of a workflow is going to be removed.
    void leave_workflow(Record& record, Timestamp now);
    /// A job that ended begins anew, and those skipped after it wait again.
    ControlResult retry_node(const Record& record, Timestamp now);
    /// The job of a node that is pending again, and whose own edges are open, becomes available,
    /// or waits for parents that begin anew as well.
    void begin_or_wait(WorkflowEntry& entry, WorkflowNode& node);
    /// A skipped job, and those skipped after it, wait for their parents again.
    void wait_again(WorkflowEntry& entry, WorkflowNode& node, Timestamp now);
    void open_edges_of(WorkflowEntry& entry, WorkflowNode& node, Timestamp now);
    /// A workflow that had ended runs again.
    void go_on(WorkflowEntry& entry, Timestamp now);
    std::uint32_t prune_workflows(const Retention& retention, std::uint32_t max, Timestamp now);
    /// How many of its jobs were pruned: at most `max`.
    std::uint32_t prune_workflow(WorkflowEntry& entry, std::uint32_t max);
    [[nodiscard]] WorkflowJobView node_view(const WorkflowNode& node);
    // Events.
    void tell_enqueued(const Record& record, Timestamp now);
    void tell_cancelled(const Record& record, Timestamp now);
    void tell_retried(const Record& record, Timestamp now);  ///< after the change
    /// Null: it was removed.
    [[nodiscard]] Record* job_of(const WorkflowNode& node);

    /// The schedule's definition or state has just changed.
    void note_change(ScheduleEntry& entry, std::string_view change, std::string_view by);
    void tell_of_schedule(std::string_view name, std::string_view change, std::string_view by);
    FireResult fire_one(const FireRequest& request, Timestamp now);
    /// The ids of the jobs that were made.
    std::vector<JobId> make_ticks(ScheduleEntry& entry, const FireRequest& request, Timestamp now);
    /// By the overlap policy, if the schedule's last job is unfinished; cancels that as it says.
    bool is_held_back(const ScheduleView& view, const FireRequest& request, Timestamp now);
    void mark(const LeaseRef& lease, RunMark mark);
    void leave(WorkerId worker, bool died);
    void tell_of_worker(EventKind kind, const WorkerInfo& worker);

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
    WorkflowTable workflows_;
    // Between two calls both are empty.
    std::deque<EndedNode> ended_nodes_;
    std::set<std::uint64_t> touched_workflows_;
    WakeBoard wake_board_;
    EventLog events_{wake_board_};
};

/// The job with what a worker needs to run it, leased at `claimed_at`.
[[nodiscard]] Lease make_lease(const Record& record, Timestamp claimed_at);

/// A new job in the state in which it begins, without place and turn.
[[nodiscard]] Record make_record(const NewJob& from, Timestamp now);

/// A job that ended begins anew.
void forget_attempts(Job& job);

/// Keeps `text` as the whole log of the present lease.
void keep_log(Record& record, const std::string& text, const Limits& limits);

}  // namespace errand::memory
