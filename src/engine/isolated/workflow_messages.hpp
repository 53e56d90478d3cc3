#pragma once

#include <errand/store/workflows.hpp>
#include <errand/workflow.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// What a job in an isolated process and its worker tell each other of its workflow, as the text of
// a question or of its reply. Reading gives none when the text is damaged.

namespace errand::engine {

/// Where a job stands.
struct WorkflowPlace {
    WorkflowId workflow;
    std::string name;
};
[[nodiscard]] std::string write_place(const WorkflowPlace& place);
[[nodiscard]] std::optional<WorkflowPlace> read_place(std::string_view text);

[[nodiscard]] std::string write_parent_results(std::span<const ParentResult> results);
[[nodiscard]] std::optional<std::vector<ParentResult>> read_parent_results(std::string_view text);

/// All of a job but its UniquePolicy, which has no meaning here: unique keys are refused.
[[nodiscard]] std::string write_workflow_jobs(std::span<const WorkflowJob> jobs);
[[nodiscard]] std::optional<std::vector<WorkflowJob>> read_workflow_jobs(std::string_view text);

[[nodiscard]] std::string write_add_results(std::span<const AddResult> results);
[[nodiscard]] std::optional<std::vector<AddResult>> read_add_results(std::string_view text);

}  // namespace errand::engine
