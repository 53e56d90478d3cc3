#pragma once

#include "simulation/oracle/bounds.hpp"
#include "simulation/oracle/event_rule.hpp"
#include "simulation/oracle/places.hpp"
#include "simulation/oracle/scopes.hpp"
#include "simulation/oracle/situations.hpp"
#include "simulation/oracle/tale.hpp"
#include "simulation/oracle/ticks.hpp"
#include "simulation/oracle/turns.hpp"
#include "simulation/oracle/unique_rule.hpp"
#include "simulation/oracle/workflow_rule.hpp"
#include "simulation/oracle/workforce.hpp"
#include "simulation/time/scheduler.hpp"

#include <errand/store/store.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace errand::sim {

/// A rule of Errand was broken; the message says which and where.
struct Violation : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Ids are drawn evenly, so their first bytes do.
struct QuickHash {
    std::size_t operator()(const JobId& id) const noexcept {
        std::size_t hash = 0;
        std::memcpy(&hash, id.bytes.data(), sizeof hash);
        return hash;
    }
};

/// What holds besides the rules for every store and worker.
struct OracleRules {
    std::uint32_t crash_budget = 0;
    std::uint32_t max_interruptions = 0;
    Duration lease{};
    Duration retention{};   ///< in which ended jobs are kept
    RetryPolicy retry;      ///< of jobs that bring none
    bool calm = false;      ///< nothing happens for which a started job could lose its lease
    bool peaceful = false;  ///< nothing happens at all
    bool one_time = false;  ///< all clocks agree
};

/// Follows every job by what was asked for and answered, without looking into the store, and
/// throws Violation at the first answer that breaks an invariant: I1 no lost job, I2 none from
/// nowhere, I3 one end, I4 one lease at a time, I5 fencing, I6 turns of keys, I7 the retry law, I8
/// not early, I9 schedules, I10 limits, I11 unique, I12 workflows and steps, I13 cancel, I14 order,
/// I15 liveness, I16 conservation, I17 explained repetition, I18 durability. Calls about the store
/// come in the order in which the store applied them. The rules stand in life.cpp, leases.cpp,
/// outcomes.cpp, keys.cpp, limits.cpp, order.cpp, schedules.cpp, steps.cpp, workflows.cpp,
/// events.cpp, rows.cpp and audit.cpp.
class Oracle {
public:
    Oracle(const OracleRules& rules, const Scheduler& time) : rules_(rules), time_(&time) {}

    // What the store did; `now` is its time at that moment.

    void saw(Timestamp now) {
        latest_ = std::max(latest_, now);
        if (now < shown_) bounds_.clock_went_back();
        if (shown_ != Timestamp{} && now > shown_) elapsed_ += now - shown_;
        shown_ = now;
    }
    // Jobs: life.cpp
    void inserted(const NewJob& job, const InsertResult& result, Timestamp now);
    void cancelled(const JobId& id, ControlResult result, Timestamp now);
    void retried(const JobId& id, ControlResult result);
    void removed(const JobId& id, ControlResult result);
    void paused(const Scope& scope, bool paused);
    void pruned(std::uint32_t count) {
        transitions_ += count;
        situations_.met(Situation::pruned, count);
    }
    // Steps and signals: steps.cpp
    void effect_found(const JobId& id, const std::string& key,
                      const std::optional<std::string>& value);
    void effect_recorded(const LeaseRef& lease, const std::string& key, std::string_view value,
                         EffectWrite write, bool recorded);
    void signalled(const JobId& id, const std::string& name, std::string_view value,
                   SignalResult result, Timestamp now);
    // Workflows: workflows.cpp
    void workflow_inserted(const NewWorkflow& workflow, bool added, Timestamp now);
    void workflow_extended(const LeaseRef& lease, std::span<const WorkflowJob> jobs,
                           const std::optional<std::vector<AddResult>>& results, Timestamp now);
    void workflow_cancelled(const WorkflowId& id, ControlResult result, Timestamp now);
    void workflow_retried(const WorkflowId& id, ControlResult result, std::uint64_t retried,
                          Timestamp now);
    [[nodiscard]] bool workflows_have_news() const noexcept { return workflows_.has_news(); }
    /// What the last call did to workflows; gives those that it touched.
    std::set<WorkflowId> workflows_go_on(Timestamp now);
    [[nodiscard]] bool awaits_callbacks() const noexcept { return !callbacks_.empty(); }
    /// False: it is known already.
    bool callback_found(const Job& job, Timestamp now);
    void expect_no_callback_awaited();
    void showed_workflow(const WorkflowId& id, const std::optional<WorkflowView>& shown);
    void showed_parts(const WorkflowId& id, const std::vector<WorkflowJobView>& shown);
    void showed_results(const JobId& id, const std::vector<ParentResult>& shown);
    // Events: events.cpp
    void subscribed() { events_told_.subscribe(); }
    void events_read(const std::optional<EventPage>& page);
    void events_acknowledged(std::uint64_t seq) { events_told_.acknowledged(seq); }
    void expect_all_told();
    // Leases: leases.cpp
    void claimed(const Lease& lease, const ClaimRequest& request);
    void taken_over(const TakenLease& taken, WorkerId worker, Duration length, Timestamp now);
    void beaten(const Heartbeat& item, HeartbeatResult result, Timestamp now);
    void marked(const LeaseRef& lease, RunMark mark);
    // Outcomes: outcomes.cpp
    void settled(const Settlement& item, SettleResult result, Timestamp now);
    // Order and turns: order.cpp, keys.cpp
    void promoted(const Promotion& promotion);
    void ordered(const std::string& queue, const QueueSettings& settings, Timestamp now);
    void unblocked(const std::string& queue, const std::string& key, std::uint32_t count);
    // Limits: limits.cpp
    void limited(const Limit& limit, Timestamp now);
    // Schedules: schedules.cpp
    void schedule_put(const ScheduleDefinition& definition, ScheduleChange change);
    void schedule_set(const std::string& name, ScheduleState to, Timestamp now);
    void fired(const FireRequest& request, const FireResult& result, Timestamp now);
    // Answers to those who look: rows.cpp, limits.cpp
    void showed(const Job& job);
    void showed(const std::vector<LimitView>& views, Timestamp now);

    // What the others saw: leases.cpp, life.cpp

    void joined(WorkerId worker, Abilities can);
    void stopping(WorkerId worker) { member(worker).stopping = true; }
    void retired(WorkerId worker);
    void died(WorkerId worker);
    /// All workers died, and the marks of their leases are gone.
    void power_was_cut();
    void acknowledged(const JobId& id);
    /// Gives the lease under which the handler began, for returned().
    LeaseRef started(const Context& context, WorkerId worker);
    /// `now` is the store's time, which the worker could ask for.
    void expect_not_expired(const JobId& id, Timestamp now);
    void returned(const LeaseRef& lease, WorkerId worker, Returned how);
    // Steps: steps.cpp. `lease` is that of the handler.
    void step_runs(const LeaseRef& lease, const std::string& name);
    void slept(const LeaseRef& lease, const std::string& name);
    /// Has the signal come, for a wait that is not over?
    [[nodiscard]] bool has_signal(const JobId& id, const std::string& name) const;
    void waited(const LeaseRef& lease, bool had_signal, const std::optional<std::string>& value);

    // Looks at the whole: audit.cpp

    /// No lease is older than it may be, and nobody idles while there is work for him: for times in
    /// which nothing has failed for `quiet`.
    void sweep(Timestamp now, Duration quiet);
    /// The last look, when all faults are healed and nothing moves any more.
    void audit(Store& store);
    /// After all jobs were removed: nothing of them is left.
    void check_empty(Store& store);

    /// The first violation, also when user-code rules swallowed the exception; empty: none.
    [[nodiscard]] const std::string& violation() const noexcept { return violation_; }
    [[nodiscard]] const Situations& situations() const noexcept { return situations_; }
    void met(Situation situation) { situations_.met(situation); }
    [[nodiscard]] std::uint64_t jobs() const noexcept { return tales_.size(); }
    /// Changes of a job's state in the store.
    [[nodiscard]] std::uint64_t transitions() const noexcept { return transitions_; }
    /// Jobs that have not ended.
    [[nodiscard]] std::uint64_t living() const noexcept { return living_; }
    /// The present lease number of a job; 0: it is not active.
    [[nodiscard]] std::uint64_t lease_seq(const JobId& id) const;
    /// The attempt that a lease of it stood for; 0: none.
    [[nodiscard]] std::uint32_t attempt_of(const JobId& id, std::uint64_t lease_seq) const;
    [[nodiscard]] std::vector<Limit> limits() const { return bounds_.all(); }
    [[nodiscard]] const QueueSettings& settings_of(const std::string& queue) const {
        return places_.of(queue);
    }
    /// From now on notes who is claimed, or no longer.
    void watch_claims(bool watch) {
        if (watch) watched_.clear();
        watches_ = watch;
    }
    [[nodiscard]] const std::vector<JobId>& watched_claims() const noexcept { return watched_; }
    /// As it was enqueued; null: unknown.
    [[nodiscard]] const NewJob* asked(const JobId& id) const;
    [[nodiscard]] bool ended(const JobId& id) const;
    [[nodiscard]] bool begun(const JobId& id) const;
    [[nodiscard]] bool is_paused(const Scope& scope) const { return pauses_.is_paused(scope); }
    /// Visits (id, tale) of all jobs.
    template <class F>
    void for_each(F visit) const {
        for (const auto& [id, tale] : tales_)
            visit(id, tale);
    }

private:
    [[nodiscard]] Tale* known(const JobId& id);
    [[nodiscard]] const Tale* known(const JobId& id) const;
    Tale& tale(const JobId& id, std::string_view doing);
    [[nodiscard]] Member& member(WorkerId worker) { return members_.at(worker); }
    /// `what` and its arguments, as fmt::format takes them, say what is wrong with the job.
    template <class... Arguments>
    void expect(bool holds, std::string_view rule, const JobId& id,
                fmt::format_string<Arguments...> what, Arguments&&... arguments) {
        if (!holds) broken(rule, id, fmt::format(what, std::forward<Arguments>(arguments)...));
    }
    [[noreturn]] void broken(std::string_view rule, const JobId& id, std::string_view what);
    [[noreturn]] void violated(std::string what);
    /// Every change of stage goes through here.
    void enter(Tale& tale, const JobId& id, Tale::Stage stage, JobState state);
    void hold(Tale& tale, WorkerId worker);
    void let_go(Tale& tale);

    // Unique keys: unique.cpp
    void refused(const NewJob& job, const InsertResult& result, Timestamp now);
    void rescheduled(Tale& job, const JobId& id, Timestamp due, Timestamp now);

    void judge_no_more(Tale& job);

    /// As it is known before it has a stage.
    Tale& newborn(const NewJob& job, Timestamp now);
    void begin_life(Tale& fresh, const JobId& id, Timestamp now);
    void join_workflow(const WorkflowJob& job, const WorkflowId& workflow, Timestamp now);
    void wait_for_parents(Tale& job, const JobId& id);
    void part_retried(const Tale& job, const JobId& id);
    void take(const FlowStep& step, Timestamp now);
    void went_on(const WorkflowId& id, std::uint32_t run_before);
    void expect_parents_ended(const Tale& job, const JobId& id);
    [[nodiscard]] bool is_gone(const Flow& flow) const;
    void audit_workflows(Store& store);
    void tell(const JobId& subject, EventKind kind) { events_told_.happened(subject, kind); }

    [[nodiscard]] Moment this_moment() { return {++events_, time_->now(), latest_}; }
    [[nodiscard]] std::size_t lane_of(const NewJob& job);
    void begin_to_wait(Tale& tale, const JobId& id);
    void become_ready(Tale& tale, const JobId& id);
    [[nodiscard]] bool is_apart(const NewJob& job) const;
    void note_age(const Tale& tale);
    void expect_in_order(const Tale& tale, const JobId& id);
    /// How many jobs of its key may be under way; 0: any number, or it is not judged.
    [[nodiscard]] std::uint32_t turns_of(const Tale& tale) const;
    void stand_in_line(const Tale& tale, const JobId& id);
    void leave_line(Tale& tale, const JobId& id, bool was_ready);
    void turns_changed(const std::string& queue);
    void expect_turn(const Tale& tale, const JobId& id);
    void expect_next(const Tale& tale, const JobId& id, const Turns::Line& line);
    void lease_begins(const Tale& tale, const JobId& id);
    void lease_ends(const Tale& tale);
    void limits_learn(const Tale& tale, const Settlement& item, Timestamp now);
    void park(Tale& tale, const Settlement& item);
    void expect_target(const Settlement& item, TargetHealth target);

    [[nodiscard]] bool is_gone(const Tale& job) const;
    void started_too_late(Tale& tale, const LeaseRef& lease);
    void start_counts(Tale& tale, const JobId& id, std::uint64_t seq);
    void expect_first_start(Tale& tale, const JobId& id, std::uint64_t seq);
    void expect_place(const Member& member, const JobId& id);
    void expect_outcome(const Tale& tale, const Settlement& item);
    void expect_once(const Tale& tale, const JobId& id);
    void expect_given_back(const Settlement& item);
    void expect_expiry(const Tale& tale, const Settlement& item);
    void expect_interrupted(const Tale& tale, const Settlement& item);
    void expect_crash(const Tale& tale, const Settlement& item);
    void expect_rescue(const Tale& tale, const Settlement& item);
    void expect_returned(const Tale& tale, const Settlement& item);
    void expect_failure(const Tale& tale, const Settlement& item, std::optional<Duration> delay);
    void expect_refusal(const Tale& tale, const Settlement& item, SettleResult result);
    void expect_cancel_wins(const Tale& tale, const Settlement& item, SettleResult result);
    void tick_fired(Schedule& schedule, const FireTick& tick, bool made, Timestamp now);
    void backfilled(Schedule& schedule, const FireRequest& request, const FireResult& result,
                    Timestamp now);
    void made_out_of_turn(Schedule& schedule, const FireRequest& request, const FireResult& result,
                          Timestamp now);
    void expect_rehearsed(Schedule& schedule);
    void expect_queued(const Tale& tale, const JobId& id);
    void expect_ticks_in_time(Timestamp now, Duration quiet);
    void expect_history(Store& store);
    void expect_lease_in_time(const JobId& id, const Tale& tale, Timestamp now);
    void expect_nobody_idle(const JobId& id, const Tale& tale, Timestamp now, Duration quiet);
    void expect_counts_agree(Store& store, const std::map<JobState, std::uint64_t>& counted);
    [[nodiscard]] std::optional<Timestamp> may_begin_since(const JobId& id, const Tale& tale) const;
    void expect_no_leases(Store& store);
    void expect_nobody_blocked(Store& store);
    void expect_checks_pass(Store& store);

    /// The jobs of one queue, type and set of labels.
    struct Ready {
        Standing standing;
        std::uint64_t number = 0;  ///< Tale::ready_from; another by now: it is so no longer
        JobId id;
    };
    struct Lane {
        std::string queue;
        std::string type;
        std::vector<std::string> needs;
        std::vector<Ready> ready;  ///< a heap of those that certainly may be claimed, first on top
        std::uint32_t active = 0;
    };
    struct Due {
        Timestamp due{};
        std::uint64_t number = 0;  ///< Tale::waits_from; another by now: it waits no longer
        JobId id;
    };

    OracleRules rules_;
    const Scheduler* time_;
    std::unordered_map<JobId, Tale, QuickHash> tales_;
    UniqueRule unique_;
    std::unordered_map<WorkerId, Member> members_;
    std::vector<Lane> lanes_;
    std::vector<Due> due_;  ///< a heap of jobs that wait for a time, the first on top
    Places places_;
    Turns turns_;
    Pauses pauses_;
    Bounds bounds_;
    std::unordered_map<std::string, std::uint32_t> active_of_key_;
    std::map<std::string, Schedule> schedules_;
    WorkflowRule workflows_;
    std::vector<AwaitedCallback> callbacks_;  ///< that are to be found before the next call
    EventRule events_told_;
    LeaseRef beginning_;  ///< whose handler was marked as started last
    Timestamp latest_{};  ///< the store's clock at its furthest
    Timestamp shown_{};   ///< the store's clock as it was seen last
    Duration elapsed_{};  ///< of the store's clock, as far as it went forward
    std::uint64_t events_ = 0;
    std::vector<JobId> watched_;
    bool watches_ = false;
    Situations situations_;
    std::string violation_;
    std::uint64_t living_ = 0;
    std::uint64_t transitions_ = 0;
};

}  // namespace errand::sim
