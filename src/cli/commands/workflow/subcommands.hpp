#pragma once

#include <errand/client.hpp>

#include <string>

namespace CLI {
class App;
}

namespace errand::cli {

class CommandContext;

// The commands below `errand workflow`, in the files of this folder; each adds itself to `group`.

void add_workflow_submit_command(CLI::App& group, CommandContext& context);
void add_workflow_show_command(CLI::App& group, CommandContext& context);
void add_workflow_list_command(CLI::App& group, CommandContext& context);
void add_workflow_wait_command(CLI::App& group, CommandContext& context);
void add_workflow_retry_command(CLI::App& group, CommandContext& context);
void add_workflow_cancel_command(CLI::App& group, CommandContext& context);

/// The full id of a workflow. Throws Error (invalid_argument) naming the text.
[[nodiscard]] WorkflowId parse_workflow_id(const std::string& text);
/// Throws Error (not_found) when no workflow has the id.
[[nodiscard]] WorkflowView required_workflow(const Client& client, const WorkflowId& id);

}  // namespace errand::cli
