#pragma once

#include <errand/workflow.hpp>

#include <string>
#include <vector>

// Workflows as JSON documents, in the manner of job_json.hpp.

namespace errand {

/// {"id", "name", "state", "cancel_requested", "run", "progress": {"current", "total"}, "counts":
/// {"pending", "released", "completed", "failed", "skipped"}, "created_at", "finished_at",
/// "callbacks": {"on_success", "on_failure", "on_complete"}}; a callback is a job in JSON or null.
[[nodiscard]] std::string to_json_text(const WorkflowView& view);

/// The same with "jobs": one object per job as below.
[[nodiscard]] std::string to_json_text(const WorkflowView& view,
                                       const std::vector<WorkflowJobView>& jobs);

/// {"name", "id", "type", "queue", "state", "skipped", "after": [{"job", "on_failure"}],
/// "progress"}
[[nodiscard]] std::string to_json_text(const WorkflowJobView& job);

}  // namespace errand
