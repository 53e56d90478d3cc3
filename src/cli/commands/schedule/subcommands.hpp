#pragma once

namespace CLI {
class App;
}

namespace errand::cli {

class CommandContext;

// The commands below `errand schedule`, in the files of this folder; each adds itself to `group`.

void add_schedule_add_command(CLI::App& group, CommandContext& context);
void add_schedule_list_command(CLI::App& group, CommandContext& context);
void add_schedule_show_command(CLI::App& group, CommandContext& context);
void add_schedule_preview_command(CLI::App& group, CommandContext& context);
void add_schedule_rehearse_command(CLI::App& group, CommandContext& context);
void add_schedule_arm_command(CLI::App& group, CommandContext& context);
void add_schedule_pause_command(CLI::App& group, CommandContext& context);
void add_schedule_remove_command(CLI::App& group, CommandContext& context);
void add_schedule_run_command(CLI::App& group, CommandContext& context);
void add_schedule_backfill_command(CLI::App& group, CommandContext& context);
void add_schedule_history_command(CLI::App& group, CommandContext& context);

}  // namespace errand::cli
