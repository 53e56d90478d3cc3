#pragma once

#include "core/workflow/graph.hpp"

#include <errand/limits.hpp>
#include <errand/store/workflows.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

// What every store refuses of workflows before it changes anything. Each check throws Error.

namespace errand::store {

/// Ids, names and sizes, and what a job within a workflow cannot be.
void check_new_workflow(const NewWorkflow& workflow);

/// The graph of a workflow that is whole: every parent is one of its jobs.
[[nodiscard]] core::JobGraph whole_graph(const NewWorkflow& workflow);

/// Batch size, ids and names.
void check_added_jobs(std::span<const WorkflowJob> jobs, const Limits& limits);

/// invalid_argument unless `max` lies between 1 and 10,000.
void check_workflow_page(std::uint32_t max);

/// How long a workflow that ended so is kept with its jobs: as jobs that were discarded, unless it
/// completed or was cancelled.
[[nodiscard]] Duration kept_for(WorkflowState state, const Retention& retention) noexcept;

/// What jobs that are added leave of a workflow's room.
class RoomInWorkflow {
public:
    RoomInWorkflow(std::size_t jobs, std::size_t edges) : jobs_(jobs), edges_(edges) {}
    /// limit_exceeded when there is none for `job`.
    void take(const WorkflowJob& job);

private:
    std::size_t jobs_;
    std::size_t edges_;
};

[[noreturn]] void throw_no_workflow(const WorkflowId& id);  ///< not_found
[[noreturn]] void throw_no_workflow_of(const JobId& job);   ///< conflict
[[noreturn]] void throw_id_taken(const JobId& id);          ///< conflict

}  // namespace errand::store
