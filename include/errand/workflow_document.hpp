#pragma once

#include <errand/limits.hpp>
#include <errand/workflow.hpp>

#include <cstddef>
#include <string_view>

namespace errand {

/// A longer document is refused.
inline constexpr std::size_t max_workflow_document_bytes = 256U << 20;

/// Reads a workflow from JSON, in one of two forms.
///
/// A graph: {"name", "id", "jobs": {NAME: JOB}, "on_success": JOB, "on_failure": JOB,
/// "on_complete": JOB}. A JOB has the members of a job in JSON; within `jobs` also "after", a name
/// or a list of names and of {"job": NAME, "on_failure": POLICY}, and "on_failure", the policy of
/// the edges that name none: "fail" (the default), "continue" or "ignore".
///
/// A workflow of the Open Job Spec: {"type": "chain", "steps": […]} or {"type": "group" or "batch",
/// "jobs": […]}, with "name" and "callbacks". Jobs without a name are called step-1, job-1 and so
/// on.
///
/// What it gives has passed validation. Throws Error (invalid_argument, limit_exceeded) that names
/// member, value and remedy, and of a cycle the jobs on it.
[[nodiscard]] NewWorkflow parse_workflow(std::string_view json, const Limits& limits = {});

}  // namespace errand
