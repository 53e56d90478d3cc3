#pragma once

#include <errand/workflow.hpp>

#include <cstdint>
#include <optional>

// What the end of a job does to the jobs after it, and to its workflow. Stores keep counters, which
// these rules read:
//   a job's open parents    edges whose parent has not ended yet
//   a job's bad parents     edges whose parent ended in a way that forbids the job to begin
//   a workflow's counts     its jobs by NodeState
// An edge is *closed* when its parent ends and *opened* again when its parent begins anew; both
// change the child's counters, whatever state the child is in. So they tell the truth at any time,
// and a recount from the edges must give the same.

namespace errand::core {

/// Where a job stands within its workflow. Its fields in WorkflowCounts have the same names. Stores
/// keep the numbers; from 2 on as SQLite writes 0 and 1 in fewer bytes.
enum class NodeState : std::uint8_t { pending = 2, released = 3, completed, failed, skipped };

[[nodiscard]] constexpr bool is_ended(NodeState state) noexcept {
    return state != NodeState::pending && state != NodeState::released;
}

/// Where a job stands that ended as `end` says. A job that ended without having been released was
/// skipped, also when somebody cancelled it by itself.
[[nodiscard]] NodeState state_after(NodeState before, JobState end) noexcept;

/// Does a parent that ended so forbid its child to begin? A skipped parent is a failed one.
[[nodiscard]] bool is_bad(NodeState parent, OnFailure policy) noexcept;

/// What becomes of a pending job.
enum class Verdict : std::uint8_t {
    wait,     ///< for parents that have not ended
    release,  ///< it may begin
    skip,     ///< all parents have ended, and one of them in a way that forbids it to begin
};
[[nodiscard]] Verdict verdict_on(std::uint64_t open_parents, std::uint64_t bad_parents) noexcept;

/// Does the failure of this job count against the workflow? Not when there are jobs after it and
/// all of them ignore it.
[[nodiscard]] constexpr bool failure_counts(std::uint64_t children,
                                            std::uint64_t ignoring_children) noexcept {
    return children == 0 || ignoring_children != children;
}

/// Nothing is left to do.
[[nodiscard]] constexpr bool is_over(const WorkflowCounts& counts) noexcept {
    return counts.pending == 0 && counts.released == 0;
}

/// How a workflow ended that is over. `failures_count`: the failure of some job counts against it.
[[nodiscard]] WorkflowState end_of_workflow(const WorkflowCounts& counts, bool cancel_requested,
                                            bool failures_count) noexcept;

/// The count of the jobs in `state`.
[[nodiscard]] std::uint64_t& count_of(WorkflowCounts& counts, NodeState state) noexcept;

/// Moves one job from one count to another. False, and nothing changed, when the first is empty:
/// the counts are damaged.
bool move_count(WorkflowCounts& counts, NodeState from, NodeState to) noexcept;

}  // namespace errand::core
