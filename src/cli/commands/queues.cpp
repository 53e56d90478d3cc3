#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "cli/commands/queues_set.hpp"
#include "cli/table.hpp"
#include "client/control_json.hpp"
#include "client/json_writer.hpp"

#include <fmt/format.h>

#include <map>

namespace errand::cli {
namespace {

/// All that is known of one queue.
struct QueueRow {
    QueueStats stats;
    QueueSettings settings;
    std::optional<LimitView> limit{};
    std::optional<PauseView> pause{};
};

using QueueRows = std::map<std::string, QueueRow>;

QueueRows queue_rows(const Client& client) {
    QueueRows rows;
    for (auto& [name, stats] : client.stats().queues)
        rows[name].stats = stats;
    for (auto& [name, settings] : client.queue_settings())
        rows[name].settings = settings;
    for (auto& view : client.limits()) {
        if (view.limit.scope.kind == Scope::Kind::queue) rows[view.limit.scope.name].limit = view;
    }
    for (auto& view : client.pauses()) {
        if (view.scope.kind == Scope::Kind::queue) rows[view.scope.name].pause = view;
    }
    return rows;
}

std::string oldest_json(const QueueStats& stats) {
    return stats.oldest_available
               ? std::to_string(*stats.oldest_available / std::chrono::milliseconds{1})
               : "null";
}

void print_json(const std::string& name, const QueueRow& row) {
    const QueueStats& stats = row.stats;
    fmt::print("{}\n", client::ObjectWriter{}
                           .text("queue", name)
                           .number("available", stats.available)
                           .number("scheduled", stats.scheduled)
                           .number("retryable", stats.retryable)
                           .number("active", stats.active)
                           .number("pending", stats.pending)
                           .raw("oldest_available_ms", oldest_json(stats))
                           .number("late", stats.late)
                           .boolean("paused", stats.paused || row.pause)
                           .raw("pause", row.pause ? to_json_text(*row.pause) : "null")
                           .raw("limit", row.limit ? to_json_text(*row.limit) : "null")
                           .raw("settings", to_json_text(row.settings))
                           .finish());
}

std::string limit_text(const std::optional<LimitView>& view) {
    if (!view) return "-";
    const auto& limit = view->limit;
    std::vector<std::string> parts;
    if (limit.concurrency) parts.push_back(std::to_string(*limit.concurrency) + " at once");
    if (limit.rate) parts.push_back(to_string(*limit.rate));
    if (limit.breaker) parts.push_back(to_string(*limit.breaker));
    if (limit.window) parts.push_back(to_string(*limit.window));
    return fmt::format("{}", fmt::join(parts, ", "));
}

/// Of a queue that sets no age none is late.
std::string late_text(const QueueRow& row) {
    return row.settings.max_age == Duration::zero() ? "-" : grouped(row.stats.late);
}

std::string pause_text(const QueueRow& row, Timestamp now) {
    if (!row.pause) return row.stats.paused ? "paused" : "";
    auto text = "paused " + human_age(now - row.pause->since) + " ago";
    if (!row.pause->by.empty()) text += " by " + one_line(row.pause->by);
    return text;
}

void print_table(const QueueRows& rows, Timestamp now) {
    Table table{{{"QUEUE"},
                 {"AVAILABLE", true},
                 {"SCHEDULED", true},
                 {"RETRYABLE", true},
                 {"ACTIVE", true},
                 {"OLDEST", true},
                 {"LATE", true},
                 {"ORDER"},
                 {"LIMIT"},
                 {""}}};
    for (const auto& [name, row] : rows) {
        const QueueStats& stats = row.stats;
        table.add_row({name,
                       grouped(stats.available),
                       grouped(stats.scheduled),
                       grouped(stats.retryable),
                       grouped(stats.active),
                       stats.oldest_available ? human_age(*stats.oldest_available) : "-",
                       {late_text(row), stats.late > 0 ? Colour::yellow : Colour::none},
                       order_text(row.settings),
                       limit_text(row.limit),
                       {pause_text(row, now), Colour::yellow}});
    }
    table.print();
}

/// A pause of everything does not show in the rows of single queues.
void print_global_pause(const Client& client, Timestamp now) {
    for (const auto& pause : client.pauses()) {
        if (pause.scope.kind != Scope::Kind::global) continue;
        fmt::print(stderr, "everything is paused since {} ago{}; `errand resume global` ends it\n",
                   human_age(now - pause.since),
                   pause.by.empty() ? "" : " by " + one_line(pause.by));
    }
}

ExitCode show_queues(CommandContext& context) {
    const Client client = context.open_client();
    const auto rows = queue_rows(client);
    if (context.json()) {
        for (const auto& [name, row] : rows)
            print_json(name, row);
        return ExitCode::done;
    }
    const Timestamp now = client.store()->now();
    print_global_pause(client, now);
    if (rows.empty()) {
        fmt::print(stderr, "no queue has unfinished jobs\n");
    } else {
        print_table(rows, now);
    }
    return ExitCode::done;
}

}  // namespace

void add_queues_command(CLI::App& app, CommandContext& context) {
    auto& queues = context.add_command(
        app,
        {.name = "queues",
         .group = group_operate,
         .summary = "Show the queues: jobs, order, limits, pauses; set their order",
         .details =
             "Queues without unfinished jobs are shown only while they are paused, limited or set "
             "to an order of their own. OLDEST is for how long the oldest available job has been "
             "due, LATE counts those that have been for longer than the queue's --max-age. Limits "
             "of other scopes are shown by `errand limits`.",
         .examples = {{"queues", "A table."},
                      {"queues --json", "One queue a line."},
                      {"queues set undo --order lifo", "Makes the queue undo a stack."}}},
        [&context] { return show_queues(context); });
    add_queues_set_command(queues, context);
}

}  // namespace errand::cli
