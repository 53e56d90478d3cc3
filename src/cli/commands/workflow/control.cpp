#include "cli/command.hpp"
#include "cli/commands/workflow/subcommands.hpp"
#include "cli/workflow/picture.hpp"
#include "client/workflow_json.hpp"

#include <fmt/format.h>

namespace errand::cli {
namespace {

/// What a command did, and the workflow as it is now.
ExitCode report(const Client& client, const WorkflowId& id, ControlResult result,
                const std::string& done, const std::string& refused, bool json) {
    const auto view = required_workflow(client, id);
    if (json) {
        fmt::print("{}\n", to_json_text(view));
    } else if (result != ControlResult::refused) {
        fmt::print(stderr, "{}\n", done);
    }
    if (result != ControlResult::refused) return ExitCode::done;
    fmt::print(stderr, "errand: {} ({})\n", refused, workflow_title(view));
    return ExitCode::failed;
}

ExitCode retry(const std::string& text, CommandContext& context) {
    const auto id = parse_workflow_id(text);
    Client client = context.open_client();
    const auto [result, retried] = client.retry_workflow(id);
    return report(
        client, id, result,
        fmt::format("{} of its jobs run again; those that were skipped wait for them", retried),
        "nothing to retry: no job of the workflow has failed", context.json());
}

ExitCode cancel(const std::string& text, CommandContext& context) {
    const auto id = parse_workflow_id(text);
    Client client = context.open_client();
    const auto result = client.cancel_workflow(id);
    return report(client, id, result,
                  result == ControlResult::requested
                      ? "what had not begun is cancelled, running jobs are asked to stop"
                      : "cancelled",
                  "it has ended already and cannot be cancelled", context.json());
}

void add_id(CLI::App& command, std::string& id) {
    command.add_option("ID", id, "The workflow's id")->required();
}

}  // namespace

void add_workflow_retry_command(CLI::App& group, CommandContext& context) {
    const auto id = std::make_shared<std::string>();
    add_id(context.add_command(
               group,
               {.name = "retry",
                .group = "Commands",
                .summary = "Run again what failed in a workflow, then go on",
                .details = "Jobs that failed begin anew with all their attempts, those that were "
                           "skipped wait for them again, and what completed stays as it is. A "
                           "workflow that had ended runs again, and its next end makes its "
                           "callbacks. Exit code 1: nothing had failed.",
                .examples = {{"workflow retry 0198c2e4-5e4f-7c3a-9d0b-2f1e6a7b8c9d",
                              "Only what failed, and what comes after it."}}},
               [id, &context] { return retry(*id, context); }),
           *id);
}

void add_workflow_cancel_command(CLI::App& group, CommandContext& context) {
    const auto id = std::make_shared<std::string>();
    add_id(context.add_command(
               group,
               {.name = "cancel",
                .group = "Commands",
                .summary = "Cancel what is left of a workflow",
                .details = "Jobs that have not begun are cancelled at once, running ones are asked "
                           "to stop; the workflow ends cancelled with the last of them. Exit code "
                           "1: it had ended otherwise.",
                .examples = {{"workflow cancel 0198c2e4-5e4f-7c3a-9d0b-2f1e6a7b8c9d",
                              "Nothing more of it begins."}}},
               [id, &context] { return cancel(*id, context); }),
           *id);
}

}  // namespace errand::cli
