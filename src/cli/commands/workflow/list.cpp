#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/commands/workflow/subcommands.hpp"
#include "cli/workflow/view.hpp"
#include "client/workflow_json.hpp"

#include <fmt/format.h>

namespace errand::cli {
namespace {

struct ListFlags {
    std::string state;
    std::string before;
    std::uint32_t limit = 50;
};

std::optional<WorkflowState> state_of(const std::string& text) {
    if (text.empty()) return std::nullopt;
    if (const auto state = parse_workflow_state(text)) return state;
    throw Error(ErrorCode::invalid_argument,
                fmt::format("--state: {} is none of running, completed, partial, failed, cancelled",
                            base::quote_for_message(text)));
}

ExitCode list(const ListFlags& flags, CommandContext& context) {
    const auto state = state_of(flags.state);
    std::optional<WorkflowId> before;
    if (!flags.before.empty()) before = parse_workflow_id(flags.before);
    if (flags.limit < 1 || flags.limit > 1'000) {
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("--limit: {} is out of range; give 1 to 1000", flags.limit));
    }
    const Client client = context.open_client();
    const auto views = client.workflows(state, flags.limit, before);
    if (context.json()) {
        for (const auto& view : views)
            fmt::print("{}\n", to_json_text(view));
    } else if (views.empty()) {
        fmt::print(stderr, "no workflows{}\n", flags.state.empty() ? "" : " in this state");
    } else {
        workflow_table(views, client.store()->now()).print();
    }
    return ExitCode::done;
}

}  // namespace

void add_workflow_list_command(CLI::App& group, CommandContext& context) {
    const auto flags = std::make_shared<ListFlags>();
    auto& command = context.add_command(
        group,
        {.name = "list",
         .group = "Commands",
         .summary = "List workflows, newest first",
         .details = "DONE counts jobs that ended in whatever way. With --json each line is one "
                    "workflow without its jobs.",
         .examples = {{"workflow list", "The newest 50."},
                      {"workflow list --state failed --json", "For scripts."}}},
        [flags, &context] { return list(*flags, context); });
    command.add_option("--state", flags->state, "Only workflows in this state")
        ->type_name("running|completed|partial|failed|cancelled");
    command.add_option("--limit", flags->limit, "At most this many (default: 50)")->type_name("N");
    command
        .add_option("--before", flags->before, "Only those older than the workflow with this id")
        ->type_name("ID");
}

}  // namespace errand::cli
