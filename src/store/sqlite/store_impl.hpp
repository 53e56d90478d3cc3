#pragma once

#include "store/sqlite/database.hpp"
#include "store/sqlite/lanes.hpp"
#include "store/sqlite/workflow_events.hpp"
#include "store/sqlite/workflow_nodes.hpp"

#include <errand/store/store.hpp>

#include <functional>
#include <memory>

namespace errand::sqlite {

class WorkflowEnds;

/// What followed from the ends of jobs of workflows: whom to wake after the commit.
struct FollowUp {
    bool available = false;
    bool scheduled = false;  ///< or promote_due() is to go on with what is left
    bool ended = false;      ///< jobs or workflows
    bool left = false;       ///< promote_due() is to go on
    bool new_lane = false;
};

/// The SQLite store. Its calls are spread over files by subject: insert, claim, promote, settle,
/// leases, session, inspection, administration, schedules, fire, check. Thread-safe.
class SqliteStore final : public Store, public std::enable_shared_from_this<SqliteStore> {
public:
    explicit SqliteStore(const SqliteStoreOptions& options) : database_(options) {}

    [[nodiscard]] std::string url() const override;
    [[nodiscard]] Timestamp now() override { return database_.now(); }

    // The job path.
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

    // Looking.
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

    // Controlling.
    [[nodiscard]] std::vector<ControlResult> cancel(std::span<const JobId> ids) override;
    [[nodiscard]] std::vector<ControlResult> retry(std::span<const JobId> ids) override;
    [[nodiscard]] SignalResult signal(const JobId& id, std::string_view name,
                                      std::string_view value) override;
    [[nodiscard]] std::vector<ControlResult> remove(std::span<const JobId> ids) override;
    using Store::set_paused;
    void set_paused(const Scope& scope, bool paused, std::string_view by) override;
    void set_queue_settings(std::string_view queue, const QueueSettings& settings) override;
    void set_limit(const Limit& limit) override;
    [[nodiscard]] std::uint32_t unblock_key(std::string_view queue, std::string_view key) override;
    [[nodiscard]] std::uint32_t prune(const Retention& retention, std::uint32_t max) override;

    // Schedules.
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

    // Workflows.
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

private:
    /// A write transaction of an operator's call.
    void control(const std::function<void()>& work);
    /// Inside a write transaction: what the ends of jobs do to their workflows. Nothing where no
    /// job of a workflow ended.
    FollowUp follow(const NodeEnds& ends);
    /// For the write transaction that is open.
    [[nodiscard]] WorkflowEvents workflow_events() {
        return {database_.events(), database_.writer(), lanes_, now()};
    }
    FollowUp follow(const std::function<void(WorkflowEnds&)>& work);
    void tell(const FollowUp& follow_up) noexcept;
    Promotion promote_jobs(std::uint32_t max);
    /// Works off ends that earlier calls left over. Some may be left still.
    bool continue_workflows();
    FollowUp add_jobs(std::int64_t workflow, bool is_being_cancelled,
                      std::span<const WorkflowJob> jobs, const std::vector<AddResult>& results);
    /// Inside a write transaction; one that is new is to be learned after the commit.
    [[nodiscard]] std::int64_t lane_number(std::string_view queue, std::string_view type,
                                           std::string_view key, std::string_view needs,
                                           bool& is_new);
    void learn_lanes() noexcept;
    /// Inside a write transaction.
    void note_schedule(std::string_view name, std::string_view change, std::string_view by);
    /// Removes those whose readers are gone for longer than they may; mostly there are none.
    void forget_idle_subscriptions();

    Database database_;
    LaneTable lanes_;
};

}  // namespace errand::sqlite
