#include "cli/command.hpp"
#include "cli/commands/schedule/subcommands.hpp"
#include "client/schedule_fires.hpp"

#include <fmt/format.h>

namespace errand::cli {
namespace {

ExitCode run(const std::string& name, CommandContext& context) {
    const auto id = client::run_schedule(*context.open_store(), name);
    if (context.json()) {
        fmt::print("{{\"job\":{}}}\n", id ? fmt::format("\"{}\"", to_string(*id)) : "null");
    } else if (id) {
        fmt::print("{}\n", to_string(*id));
    }
    if (id) return ExitCode::done;
    fmt::print(stderr,
               "errand: nothing was made: the job of an earlier tick is unfinished, and the "
               "overlap policy is skip\n");
    return ExitCode::failed;
}

}  // namespace

void add_schedule_run_command(CLI::App& group, CommandContext& context) {
    const auto name = std::make_shared<std::string>();
    auto& command = context.add_command(
        group,
        {.name = "run",
         .group = "Commands",
         .summary = "Make a job of a schedule now, in whatever state it is",
         .details = "Prints the job's id. The job stands for no tick: those that are to come come "
                    "all the same. The overlap policy holds; exit code 1: the job of an earlier "
                    "tick is unfinished and the policy is skip.",
         .examples = {{"schedule run nightly", "Prints the id."},
                      {"wait \"$(errand schedule run nightly)\"", "Runs it and waits."}}},
        [name, &context] { return run(*name, context); });
    command.add_option("NAME", *name, "The schedule's name")->required();
}

}  // namespace errand::cli
