#include "cli/command.hpp"
#include "cli/commands/workflow/subcommands.hpp"
#include "cli/terminal.hpp"
#include "cli/wait_end.hpp"
#include "cli/workflow/picture.hpp"
#include "client/workflow_json.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace errand::cli {
namespace {

struct WaitFlags {
    std::string id;
    std::string timeout;
};

/// Waits in steps, so that a terminal shows how far the workflow is.
std::optional<WorkflowView> wait_with_bar(const Client& client, const WorkflowId& id,
                                          Duration timeout) {
    constexpr Duration step = std::chrono::milliseconds{500};
    if (!is_terminal(stderr)) return client.wait_workflow(id, timeout);
    ProgressBar bar{"workflow"};
    for (auto left = timeout;;) {
        const auto now = client.find_workflow(id);
        if (now) bar.update(now->counts.ended(), now->counts.total());
        const auto part = std::min(left, step);
        if (auto view = client.wait_workflow(id, part)) return view;
        left -= part;
        if (left <= Duration::zero()) return std::nullopt;
    }
}

ExitCode wait(const WaitFlags& flags, CommandContext& context) {
    const auto id = parse_workflow_id(flags.id);
    const auto timeout = parse_wait_timeout(flags.timeout);
    const Client client = context.open_client();
    static_cast<void>(required_workflow(client, id));
    const auto view = wait_with_bar(client, id, timeout);
    if (!view) {
        fmt::print(stderr, "errand: workflow {} has not ended within {}; it goes on\n",
                   to_string(id), format_duration(timeout));
        return ExitCode::timed_out;
    }
    if (context.json()) {
        fmt::print("{}\n", to_json_text(*view));
    } else {
        fmt::print(stderr, "{}\n", workflow_title(*view));
    }
    return view->state == WorkflowState::completed ? ExitCode::done : ExitCode::failed;
}

}  // namespace

void add_workflow_wait_command(CLI::App& group, CommandContext& context) {
    const auto flags = std::make_shared<WaitFlags>();
    auto& command = context.add_command(
        group,
        {.name = "wait",
         .group = "Commands",
         .summary = "Wait until a workflow has ended",
         .details = "Exit code 0: completed; 1: partial, failed or cancelled; 3: --timeout passed "
                    "first, and the workflow goes on.",
         .examples = {{"workflow wait 0198c2e4-5e4f-7c3a-9d0b-2f1e6a7b8c9d --timeout 10m",
                       "At most ten minutes."}}},
        [flags, &context] { return wait(*flags, context); });
    command.add_option("ID", flags->id, "The workflow's id")->required();
    command
        .add_option("--timeout", flags->timeout,
                    "How long to wait, for example 30s (default: ever)")
        ->type_name("DURATION");
}

}  // namespace errand::cli
