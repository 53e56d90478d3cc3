#include "cli/program.hpp"

#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "cli/help.hpp"
#include "cli/terminal.hpp"
#include "cli/usage_error.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <iostream>

namespace errand::cli {
namespace {

int fail(ExitCode code, std::string_view reason) {
    fmt::print(stderr, "errand: {}\n", one_line(reason));
    return static_cast<int>(code);
}

/// --help and --version: what CLI11 calls a success, printed on stdout.
int print_success(const CLI::App& app, const CLI::Success& success) {
    const int code = app.exit(success);
    return std::cout.flush() ? code : fail(ExitCode::failed, "the output cannot be written");
}

int run_command(CommandContext& context) {
    try {
        const auto code = context.run();
        if (!code) return fail(ExitCode::usage, "no command given; see `errand --help`");
        if (std::fflush(stdout) != 0) return fail(ExitCode::failed, "the output cannot be written");
        return static_cast<int>(*code);
    } catch (const Error& error) {
        std::fflush(stdout);
        return fail(exit_code_of(error.code()), error.what());
    } catch (const std::exception& error) {
        std::fflush(stdout);
        return fail(ExitCode::failed, error.what());
    }
}

}  // namespace

void build_program(CLI::App& app, CommandContext& context) {
    app.formatter(std::make_shared<HelpFormatter>());
    app.description("Errand runs background jobs: durably, fast, and in plain sight.");
    app.footer(program_footer());
    app.set_version_flag("--version", "errand " ERRAND_VERSION, "Show the version")
        ->group(group_common);
    app.require_subcommand(0, 1);
    context.add_common_options(app);

    add_up_command(app, context);
    add_work_command(app, context);
    add_enqueue_command(app, context);
    add_list_command(app, context);
    add_show_command(app, context);
    add_explain_command(app, context);
    add_watch_command(app, context);
    add_wait_command(app, context);
    add_retry_command(app, context);
    add_cancel_command(app, context);
    add_delete_command(app, context);
    add_signal_command(app, context);
    add_events_command(app, context);
    add_schedule_command(app, context);
    add_workflow_command(app, context);
    add_queues_command(app, context);
    add_limits_command(app, context);
    add_keys_command(app, context);
    add_suppressed_command(app, context);
    add_pause_command(app, context);
    add_resume_command(app, context);
    add_webhook_command(app, context);
    add_workers_command(app, context);
    add_stats_command(app, context);
    add_bench_command(app, context);
    add_doctor_command(app, context);
    add_store_command(app, context);
    add_completion_command(app, context);
}

int run_program(int argc, const char* const* argv) {
    CommandContext context;
    CLI::App app{"", "errand"};
    build_program(app, context);
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& success) {
        return print_success(app, success);
    } catch (const CLI::ParseError& error) {
        return fail(ExitCode::usage, explain_usage_error(app, error));
    }
    return run_command(context);
}

}  // namespace errand::cli
