#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "cli/commands/schedule/subcommands.hpp"

namespace errand::cli {

void add_schedule_command(CLI::App& app, CommandContext& context) {
    auto& group = context.add_command_group(
        app, {.name = "schedule",
              .group = group_jobs,
              .summary = "Look at schedules, which make jobs again and again",
              .details = "",
              .examples = {{"schedule preview --cron '30 2 * * *' --timezone Europe/Berlin",
                            "The next ten ticks, with a note on odd days."}}});
    add_schedule_preview_command(group, context);
}

}  // namespace errand::cli
