#pragma once

namespace CLI {
class App;
}

namespace errand::cli {

class CommandContext;

// One per file of commands/; each adds itself to the program. See command.hpp.

void add_up_command(CLI::App& app, CommandContext& context);
void add_work_command(CLI::App& app, CommandContext& context);
void add_enqueue_command(CLI::App& app, CommandContext& context);
void add_list_command(CLI::App& app, CommandContext& context);
void add_explain_command(CLI::App& app, CommandContext& context);
void add_show_command(CLI::App& app, CommandContext& context);
void add_watch_command(CLI::App& app, CommandContext& context);
void add_wait_command(CLI::App& app, CommandContext& context);
void add_retry_command(CLI::App& app, CommandContext& context);
void add_cancel_command(CLI::App& app, CommandContext& context);
void add_delete_command(CLI::App& app, CommandContext& context);
void add_signal_command(CLI::App& app, CommandContext& context);
void add_events_command(CLI::App& app, CommandContext& context);
void add_schedule_command(CLI::App& app, CommandContext& context);
void add_workflow_command(CLI::App& app, CommandContext& context);
void add_queues_command(CLI::App& app, CommandContext& context);
void add_limits_command(CLI::App& app, CommandContext& context);
void add_keys_command(CLI::App& app, CommandContext& context);
void add_suppressed_command(CLI::App& app, CommandContext& context);
void add_pause_command(CLI::App& app, CommandContext& context);
void add_resume_command(CLI::App& app, CommandContext& context);
void add_webhook_command(CLI::App& app, CommandContext& context);
void add_workers_command(CLI::App& app, CommandContext& context);
void add_stats_command(CLI::App& app, CommandContext& context);
void add_bench_command(CLI::App& app, CommandContext& context);
void add_doctor_command(CLI::App& app, CommandContext& context);
void add_store_command(CLI::App& app, CommandContext& context);
void add_completion_command(CLI::App& app, CommandContext& context);

}  // namespace errand::cli
