#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "cli/table.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

namespace errand::cli {
namespace {

void print_json(const std::string& name, const QueueStats& queue) {
    boost::json::object line{{"queue", name},
                             {"available", queue.available},
                             {"scheduled", queue.scheduled},
                             {"retryable", queue.retryable},
                             {"active", queue.active},
                             {"pending", queue.pending},
                             {"oldest_available_ms", nullptr},
                             {"paused", queue.paused}};
    if (queue.oldest_available) {
        line["oldest_available_ms"] = *queue.oldest_available / std::chrono::milliseconds{1};
    }
    fmt::print("{}\n", boost::json::serialize(line));
}

Table queue_table(const StoreStats& stats) {
    Table table{{{"QUEUE"},
                 {"AVAILABLE", true},
                 {"SCHEDULED", true},
                 {"RETRYABLE", true},
                 {"ACTIVE", true},
                 {"OLDEST", true},
                 {""}}};
    for (const auto& [name, queue] : stats.queues) {
        table.add_row({name,
                       grouped(queue.available),
                       grouped(queue.scheduled),
                       grouped(queue.retryable),
                       grouped(queue.active),
                       queue.oldest_available ? human_age(*queue.oldest_available) : "-",
                       {queue.paused ? "paused" : "", Colour::yellow}});
    }
    return table;
}

ExitCode show_queues(CommandContext& context) {
    const StoreStats stats = context.open_store()->stats();
    if (context.json()) {
        for (const auto& [name, queue] : stats.queues)
            print_json(name, queue);
    } else if (stats.queues.empty()) {
        fmt::print(stderr, "no queue has unfinished jobs\n");
    } else {
        queue_table(stats).print();
    }
    return ExitCode::done;
}

}  // namespace

void add_queues_command(CLI::App& app, CommandContext& context) {
    context.add_command(
        app,
        {.name = "queues",
         .group = group_operate,
         .summary = "Show the queues with their unfinished jobs",
         .details =
             "Queues without unfinished jobs are shown only while they are paused. OLDEST is "
             "for how long the oldest available job has been due.",
         .examples = {{"queues", "A table."}, {"queues --json", "One queue a line."}}},
        [&context] { return show_queues(context); });
}

}  // namespace errand::cli
