#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "cli/table.hpp"
#include "client/job_json.hpp"

#include <fmt/format.h>

namespace errand::cli {
namespace {

ExitCode show_workers(CommandContext& context) {
    const auto store = context.open_store();
    const auto workers = store->workers();
    if (context.json()) {
        for (const WorkerView& worker : workers)
            fmt::print("{}\n", to_json_text(worker));
        return ExitCode::done;
    }
    if (workers.empty()) {
        fmt::print(stderr, "no worker is running; start one with `errand up` or `errand work`\n");
        return ExitCode::done;
    }
    Table table{{{"WORKER"},
                 {"HOST"},
                 {"PID", true},
                 {"SLOTS", true},
                 {"JOBS", true},
                 {"UP", true},
                 {"STATE"},
                 {"QUEUES"},
                 {"LABELS"}}};
    const Timestamp now = store->now();
    for (const WorkerView& worker : workers) {
        table.add_row(
            {worker.info.name,
             worker.info.host,
             std::to_string(worker.info.pid),
             std::to_string(worker.info.slots),
             std::to_string(worker.leases),
             human_age(now - worker.joined_at),
             {worker.alive ? "alive" : "dead", worker.alive ? Colour::green : Colour::red},
             worker.info.queues,
             fmt::format("{}", fmt::join(worker.info.labels, " "))});
    }
    table.print();
    return ExitCode::done;
}

}  // namespace

void add_workers_command(CLI::App& app, CommandContext& context) {
    context.add_command(
        app,
        {.name = "workers",
         .group = group_operate,
         .summary = "Show the workers and how many jobs they hold",
         .details = "Workers that are alive, and dead ones whose jobs are not rescued yet.",
         .examples = {{"workers", "A table."}, {"workers --json", "One worker a line."}}},
        [&context] { return show_workers(context); });
}

}  // namespace errand::cli
