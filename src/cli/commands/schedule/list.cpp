#include "cli/command.hpp"
#include "cli/commands/schedule/subcommands.hpp"
#include "cli/schedule_view.hpp"
#include "client/schedule_json.hpp"

#include <fmt/format.h>

namespace errand::cli {
namespace {

ExitCode list(CommandContext& context) {
    const Client client = context.open_client();
    const auto views = client.schedules();
    if (context.json()) {
        for (const auto& view : views)
            fmt::print("{}\n", to_json_text(view));
    } else if (views.empty()) {
        fmt::print(stderr, "no schedules; `errand schedule add` makes one\n");
    } else {
        schedule_table(views, client.store()->now()).print();
    }
    return ExitCode::done;
}

}  // namespace

void add_schedule_list_command(CLI::App& group, CommandContext& context) {
    context.add_command(group,
                        {.name = "list",
                         .group = "Commands",
                         .summary = "Show the schedules of the store, and when each fires next",
                         .details = "NEXT is for armed schedules, those that make jobs.",
                         .examples = {{"schedule list", "A table."},
                                      {"schedule list --json", "One schedule a line."}}},
                        [&context] { return list(context); });
}

}  // namespace errand::cli
