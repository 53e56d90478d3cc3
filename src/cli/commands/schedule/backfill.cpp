#include "cli/command.hpp"
#include "cli/commands/schedule/subcommands.hpp"
#include "client/schedule_fires.hpp"

#include <fmt/format.h>

namespace errand::cli {
namespace {

struct BackfillFlags {
    std::string name, from, to;
};

Timestamp time_of(std::string_view flag, const std::string& text) {
    try {
        return parse_timestamp(text);
    } catch (const Error& error) {
        throw Error(error.code(), fmt::format("{}: {}", flag, error.what()));
    }
}

ExitCode backfill(const BackfillFlags& flags, CommandContext& context) {
    const auto from = time_of("--from", flags.from);
    const auto store = context.open_store();
    const auto to = flags.to.empty() ? store->now() : time_of("--to", flags.to);
    const auto jobs = client::backfill_schedule(*store, flags.name, from, to);
    for (const auto& id : jobs) {
        if (context.json()) {
            fmt::print("{{\"job\":\"{}\"}}\n", to_string(id));
        } else {
            fmt::print("{}\n", to_string(id));
        }
    }
    fmt::print(stderr, "{} made\n",
               jobs.size() == 1 ? "1 job" : fmt::format("{} jobs", jobs.size()));
    return ExitCode::done;
}

}  // namespace

void add_schedule_backfill_command(CLI::App& group, CommandContext& context) {
    const auto flags = std::make_shared<BackfillFlags>();
    auto& command = context.add_command(
        group,
        {.name = "backfill",
         .group = "Commands",
         .summary = "Make the jobs of past ticks that were skipped or came before the schedule",
         .details =
             "For each tick from --from to --to, both included, that is not excluded and made no "
             "job yet, whatever the overlap policy; with queue they take turns. Each job knows its "
             "tick (job.tick(), ERRAND_TICK). Prints the ids. Whether "
             "a tick made a job is told by the history: what lies so far back that it may have "
             "been forgotten is refused, with exit code 1.",
         .examples = {{"schedule backfill nightly --from 2026-01-01T00:00:00Z "
                       "--to 2026-01-31T23:59:59Z",
                       "The reports of January."},
                      {"schedule backfill nightly --from 2026-01-01T00:00:00Z", "Up to now."}}},
        [flags, &context] { return backfill(*flags, context); });
    command.add_option("NAME", flags->name, "The schedule's name")->required();
    command.add_option("--from", flags->from, "The first tick lies at or after this time")
        ->type_name("TIME")
        ->required();
    command.add_option("--to", flags->to, "The last one at or before this time (default: now)")
        ->type_name("TIME");
}

}  // namespace errand::cli
