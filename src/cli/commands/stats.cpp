#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "cli/table.hpp"
#include "client/job_json.hpp"

#include <fmt/format.h>

namespace errand::cli {
namespace {

std::uint64_t count_of(const StoreStats& stats, JobState state) {
    const auto found = stats.states.find(state);
    return found == stats.states.end() ? 0 : found->second;
}

void print_readable(const StoreStats& stats) {
    Table table{{{"STATE"}, {"JOBS", true}, {""}}};
    for (const JobState state : all_job_states) {
        table.add_row({{std::string{to_string(state)}, colour_of(state)},
                       grouped(count_of(stats, state)),
                       ""});
    }
    table.print();
    const auto completed = count_of(stats, JobState::completed);
    const auto ended = completed + count_of(stats, JobState::discarded);
    if (ended > 0) {
        fmt::print("\nsuccess rate {:.1f} %\n",
                   100.0 * static_cast<double>(completed) / static_cast<double>(ended));
    }
    if (stats.suppressed > 0) {
        fmt::print(
            "\n{} enqueues added nothing as their unique key was held; see `errand "
            "suppressed`\n",
            grouped(stats.suppressed));
    }
}

ExitCode show_stats(CommandContext& context) {
    const StoreStats stats = context.open_store()->stats();
    if (context.json()) {
        fmt::print("{}\n", to_json_text(stats));
    } else {
        print_readable(stats);
    }
    return ExitCode::done;
}

}  // namespace

void add_stats_command(CLI::App& app, CommandContext& context) {
    context.add_command(
        app,
        {.name = "stats",
         .group = group_operate,
         .summary = "Count the jobs per state",
         .details =
             "The success rate is completed over completed and discarded jobs that are kept. "
             "With --json one document has the queues too.",
         .examples = {{"stats", "A table."}, {"stats --json", "One document for scripts."}}},
        [&context] { return show_stats(context); });
}

}  // namespace errand::cli
