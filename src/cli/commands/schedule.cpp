#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "cli/commands/schedule/subcommands.hpp"

namespace errand::cli {

void add_schedule_command(CLI::App& app, CommandContext& context) {
    auto& group = context.add_command_group(
        app,
        {.name = "schedule",
         .group = group_jobs,
         .summary = "Declare and control schedules, which make jobs again and again",
         .details =
             "A schedule is a draft first, may be rehearsed, and makes jobs once it is armed: "
             "any worker on the store fires it, and each tick makes one job.",
         .examples = {{"schedule add nightly --cron '30 2 * * *' --timezone Europe/Berlin "
                       "--type report.build",
                       "A draft."},
                      {"schedule preview nightly", "The next ten ticks, with a note on odd days."},
                      {"schedule rehearse nightly", "Runs it once now, marked as a try-out."},
                      {"schedule arm nightly", "From now on it fires."}}});
    add_schedule_add_command(group, context);
    add_schedule_list_command(group, context);
    add_schedule_show_command(group, context);
    add_schedule_preview_command(group, context);
    add_schedule_rehearse_command(group, context);
    add_schedule_arm_command(group, context);
    add_schedule_pause_command(group, context);
    add_schedule_remove_command(group, context);
    add_schedule_run_command(group, context);
    add_schedule_backfill_command(group, context);
    add_schedule_history_command(group, context);
}

}  // namespace errand::cli
