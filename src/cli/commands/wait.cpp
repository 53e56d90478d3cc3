#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "cli/wait_end.hpp"

#include <fmt/format.h>

namespace errand::cli {
namespace {

struct WaitFlags {
    std::string id;
    std::string timeout;
};

ExitCode wait_for_job(const WaitFlags& flags, CommandContext& context) {
    const JobId id = parse_id(flags.id);
    const Duration timeout = parse_wait_timeout(flags.timeout);
    const Client client = context.open_client();
    const auto job = client.wait(id, timeout);
    return job ? report_end(*job, context.json()) : report_timeout(id, timeout);
}

}  // namespace

void add_wait_command(CLI::App& app, CommandContext& context) {
    const auto flags = std::make_shared<WaitFlags>();
    auto& command = context.add_command(
        app,
        {.name = "wait",
         .group = group_jobs,
         .summary = "Wait until a job has ended and print its result",
         .details =
             "The result is JSON on stdout. Exit code 0: completed; 1: discarded or cancelled, "
             "with the reason on stderr; 3: --timeout passed first, and the job goes on.",
         .examples = {{"wait 0198c2e4-5e4f-7c3a-9d0b-2f1e6a7b8c9d", "Waits as long as it takes."},
                      {"wait \"$(errand enqueue report.build)\" --timeout 10m",
                       "Enqueue and wait, at most ten minutes."}}},
        [flags, &context] { return wait_for_job(*flags, context); });
    command.add_option("ID", flags->id, "The job's id")->required();
    command
        .add_option("--timeout", flags->timeout,
                    "How long to wait, for example 30s (default: ever)")
        ->type_name("DURATION");
}

}  // namespace errand::cli
