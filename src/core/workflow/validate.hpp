#pragma once

#include <errand/limits.hpp>
#include <errand/workflow.hpp>

#include <span>

namespace errand::core {

/// Checks a workflow that is to be submitted, and normalises its jobs as validate(NewJob&) does.
/// Ids may be nil. Throws Error (invalid_argument or limit_exceeded) that names the job and what is
/// wrong with it; of a cycle the path.
void validate(NewWorkflow& workflow, const Limits& limits);

/// The same for jobs that are to be added to a running workflow; whether parents outside the list
/// are there only the store knows.
void validate(std::span<WorkflowJob> jobs, const Limits& limits);

/// What a job cannot be within a workflow: see WorkflowJob. Throws Error (invalid_argument).
void check_workflow_job(const WorkflowJob& job);

/// Throws Error (limit_exceeded) when a workflow of so many jobs or edges is too large.
void check_workflow_size(std::size_t jobs, std::size_t edges);

/// Throws Error (invalid_argument) for a callback with a unique key.
void check_callbacks(const WorkflowCallbacks& callbacks);

}  // namespace errand::core
