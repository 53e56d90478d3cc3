#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "cli/commands/workflow/subcommands.hpp"

#include <fmt/format.h>

namespace errand::cli {

WorkflowId parse_workflow_id(const std::string& text) {
    if (const auto id = WorkflowId::parse(text); id && !id->is_nil()) return *id;
    throw Error(ErrorCode::invalid_argument,
                fmt::format("{} is not a workflow's id: give the full id of 36 characters that "
                            "`errand workflow submit` and `errand workflow list` print",
                            base::quote_for_message(text)));
}

WorkflowView required_workflow(const Client& client, const WorkflowId& id) {
    if (auto view = client.find_workflow(id)) return *std::move(view);
    throw Error(ErrorCode::not_found,
                fmt::format("no workflow has the id {}; it may have been removed, or is in another "
                            "store (`errand workflow list` shows those of this one)",
                            to_string(id)));
}

void add_workflow_command(CLI::App& app, CommandContext& context) {
    auto& group = context.add_command_group(
        app,
        {.name = "workflow",
         .group = group_jobs,
         .summary = "Submit and control workflows: jobs that wait for other jobs",
         .details = "A workflow is a graph of jobs: each begins when those that it comes after "
                    "have ended. It is written in JSON and described in docs/guide/workflows.md.",
         .examples = {{"workflow submit clip.json", "Submits it and prints its id."},
                      {"workflow show 0198c2e4-5e4f-7c3a-9d0b-2f1e6a7b8c9d",
                       "Draws it, each job with its state."},
                      {"workflow retry 0198c2e4-5e4f-7c3a-9d0b-2f1e6a7b8c9d",
                       "Runs again what failed, then goes on."}}});
    add_workflow_submit_command(group, context);
    add_workflow_show_command(group, context);
    add_workflow_list_command(group, context);
    add_workflow_wait_command(group, context);
    add_workflow_retry_command(group, context);
    add_workflow_cancel_command(group, context);
}

}  // namespace errand::cli
