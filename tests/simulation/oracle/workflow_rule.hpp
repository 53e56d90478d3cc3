#pragma once

#include <errand/store/workflows.hpp>
#include <errand/time.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace errand::sim {

/// A job within a workflow, as far as calls and answers tell of it.
struct FlowPart {
    enum class Stand : std::uint8_t { pending, released, completed, failed, skipped };

    WorkflowJob asked;
    Stand stand = Stand::pending;
    JobState end = JobState::pending;  ///< when it has ended: how
    bool gone = false;                 ///< removed: its end is kept, and it begins no more

    [[nodiscard]] const JobId& id() const noexcept { return asked.job.id; }
    [[nodiscard]] bool has_ended() const noexcept {
        return stand != Stand::pending && stand != Stand::released;
    }
};

/// A workflow, likewise.
struct Flow {
    std::string name;
    WorkflowCallbacks callbacks;
    std::vector<FlowPart> parts;
    WorkflowState state = WorkflowState::running;
    bool cancel_requested = false;
    std::uint32_t run = 1;
    std::optional<Timestamp> finished_at{};

    [[nodiscard]] FlowPart* find(const JobId& id);
    [[nodiscard]] const FlowPart* named(const std::string& name) const;
    [[nodiscard]] WorkflowCounts counts() const;
};

/// What a call does to a job besides what it says.
struct FlowStep {
    enum class Kind : std::uint8_t {
        waits,     ///< as if new, for its parents
        anew,      ///< as if new, at once
        released,  ///< its parents have ended: its delay counts from now
        skipped,
    };
    JobId id;
    Kind kind;
};

/// A job that an end must have made.
struct AwaitedCallback {
    WorkflowId workflow;
    WorkflowState end;
    NewJob asked;
};

/// What follows from what happened.
struct FlowNews {
    std::vector<FlowStep> steps;
    std::vector<WorkflowId> ended;
    std::vector<AwaitedCallback> callbacks;
};

/// All workflows, followed in the plainest way (I12): after each change everything is computed anew
/// from the parts. Knows nothing of open edges and counters.
class WorkflowRule {
public:
    void add(const NewWorkflow& workflow);
    void extend(const WorkflowId& id, const WorkflowJob& job);
    /// A job of it ended: of itself, by a cancel or with its removal.
    void ended(const WorkflowId& id, const JobId& job, JobState end);
    void removed(const WorkflowId& id, const JobId& job);
    /// The whole is to end. Gives the jobs that are not pending and have not ended.
    [[nodiscard]] std::vector<JobId> cancel(const WorkflowId& id);
    /// One job begins anew.
    [[nodiscard]] std::vector<FlowStep> retry(const WorkflowId& id, const JobId& job);
    /// All that failed. `retried`: how many begin anew. Empty: nothing failed.
    [[nodiscard]] std::vector<FlowStep> retry_all(const WorkflowId& id, std::uint64_t& retried);

    /// What follows from all that happened since the last time.
    [[nodiscard]] FlowNews work_off(Timestamp now);
    /// Workflows that changed since the last time.
    [[nodiscard]] std::set<WorkflowId> take_touched();
    [[nodiscard]] bool has_news() const noexcept { return !touched_.empty(); }

    [[nodiscard]] Flow* find(const WorkflowId& id);
    [[nodiscard]] const std::map<WorkflowId, Flow>& all() const noexcept { return flows_; }

private:
    /// The part and all that was skipped after it wait again.
    static void reopen(Flow& flow, FlowPart& part, std::vector<FlowStep>& steps);
    void go_on(const WorkflowId& id, Flow& flow);

    std::map<WorkflowId, Flow> flows_;
    std::set<WorkflowId> touched_;
};

}  // namespace errand::sim
