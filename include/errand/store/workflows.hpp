#pragma once

#include <errand/store/types.hpp>
#include <errand/workflow.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace errand {

/// What became of one job that was to be added to a workflow.
enum class AddResult : std::uint8_t {
    added,
    already_there,  ///< the workflow has a job of this name; nothing changed
};

/// One page of a list, in order of insertion.
struct WorkflowJobPage {
    std::vector<WorkflowJobView> jobs;
    std::uint64_t next = 0;  ///< give it back for the next page; 0: that was the last
};

/// Workflows in a store. Threads, errors and atomicity as in job_path.hpp. The graph has been
/// checked (core/workflow) before it gets here.
///
/// What a job's end does to its workflow is decided by core/workflow and recorded in the very call
/// that ends the job (settle, cancel, remove, a schedule's fire …): children whose last parent it
/// was are released or skipped, and the end of the last job ends the workflow and makes its
/// callbacks. Counts are guarded by the change of a job from unfinished to ended, so that a
/// repeated or stale call counts nothing. A call releases at most a bounded number of jobs (1,000);
/// the rest is done by promote_due, whose next_due is now() while some are left.
/// PostgreSQL will do that in the statement that settles (data-modifying WITH over the edges of the
/// jobs that ended, the workflow's row locked first); Redis in the settling script, with a hash per
/// workflow, a set of children per job, and lists of what is left to release.
class Workflows {
public:
    virtual ~Workflows() = default;

    /// Adds a workflow with all its jobs: those without parents as through insert(), others as
    /// pending. False: this id was inserted before, nothing changed. Wakes work and schedule.
    /// Throws Error: invalid_argument, limit_exceeded, conflict (another job has an id).
    virtual bool insert_workflow(const NewWorkflow& workflow) = 0;

    /// Adds jobs to the workflow of the active job `lease`. Parents may be any of its jobs, also
    /// ended ones (their end counts at once), the adding job, and others of the call; a cycle
    /// cannot come about, as no job that was there gets a new parent. Repeating a call adds
    /// nothing. None: lease_lost. Throws Error: invalid_argument (names), conflict when the job
    /// belongs to no workflow, limit_exceeded.
    [[nodiscard]] virtual std::optional<std::vector<AddResult>> extend_workflow(
        const LeaseRef& lease, std::span<const WorkflowJob> jobs) = 0;

    [[nodiscard]] virtual std::optional<WorkflowView> find_workflow(const WorkflowId& id) = 0;
    /// Newest first, of one state or all; created before `before` in that order (none: from the
    /// newest on; Error (not_found) when it is gone); at most `max` (1 to 1,000).
    [[nodiscard]] virtual std::vector<WorkflowView> list_workflows(
        std::optional<WorkflowState> state, std::optional<WorkflowId> before,
        std::uint32_t max) = 0;
    /// The jobs of a workflow from `from` (0: the first) on, at most `max` (1 to 10,000).
    [[nodiscard]] virtual WorkflowJobPage workflow_jobs(const WorkflowId& id, std::uint64_t from,
                                                        std::uint32_t max) = 0;
    /// The ended parents of a job, in the order of its `after`. Empty: none, or it belongs to no
    /// workflow. A parent that was removed has no result.
    [[nodiscard]] virtual std::vector<ParentResult> parent_results(const JobId& job) = 0;

    /// Every job that has not begun is cancelled (those that waited for parents: skipped), active
    /// ones are asked to stop; the workflow ends cancelled with the last of them. requested: some
    /// are active. done: it has ended by it, or had been cancelled already. refused: it has ended
    /// otherwise.
    [[nodiscard]] virtual ControlResult cancel_workflow(const WorkflowId& id) = 0;

    /// Jobs that failed begin anew (as Administration::retry()), those of them that come after
    /// others of them when these have ended; skipped ones wait for their parents again; what
    /// completed stays. An ended workflow runs again, and its end makes the callbacks of that end.
    /// `retried`: how many jobs begin anew. refused: nothing failed whose job is still there, or it
    /// is being cancelled. Administration::retry() of a job of a workflow does the same for that
    /// job and what was skipped after it; of a skipped one all of whose parents have ended it makes
    /// it begin all the same.
    [[nodiscard]] virtual ControlResult retry_workflow(const WorkflowId& id,
                                                       std::uint64_t& retried) = 0;
};

}  // namespace errand
