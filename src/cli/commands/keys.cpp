#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "cli/table.hpp"
#include "client/control_json.hpp"

#include <fmt/format.h>

namespace errand::cli {
namespace {

struct KeyFlags {
    std::uint32_t limit = 50;
    std::string queue, key;
};

std::string holder_text(const Client& client, const KeyView& view) {
    if (view.holders.empty()) return "-";
    const auto job = client.find(view.holders.front());
    auto text = to_string(view.holders.front());
    if (job) text += fmt::format(" ({})", to_string(job->state));
    if (view.holders.size() > 1) text += fmt::format(" and {} more", view.holders.size() - 1);
    return text;
}

ExitCode list_keys(const KeyFlags& flags, CommandContext& context) {
    const Client client = context.open_client();
    const auto keys = client.blocked_keys(flags.limit);
    if (context.json()) {
        for (const auto& view : keys)
            fmt::print("{}\n", to_json_text(view));
        return ExitCode::done;
    }
    if (keys.empty()) {
        fmt::print(stderr, "no job waits for its key\n");
        return ExitCode::done;
    }
    Table table{{{"QUEUE"}, {"KEY"}, {"WAITING", true}, {"HELD BY"}}};
    for (const auto& view : keys) {
        table.add_row(
            {view.queue, one_line(view.key), grouped(view.blocked), holder_text(client, view)});
    }
    table.print();
    return ExitCode::done;
}

ExitCode unblock(const KeyFlags& flags, CommandContext& context) {
    Client client = context.open_client();
    const auto freed = client.unblock_key(flags.queue, flags.key);
    if (context.json()) {
        fmt::print("{{\"unblocked\":{}}}\n", freed);
    } else if (freed == 0) {
        fmt::print(stderr,
                   "nothing to unblock: no job that waits for a time holds the key; cancel the one "
                   "that does, which `errand keys` names\n");
    } else {
        fmt::print(stderr, "{} job{} gave the turn to those behind\n", freed,
                   freed == 1 ? "" : "s");
    }
    return freed == 0 ? ExitCode::failed : ExitCode::done;
}

}  // namespace

void add_keys_command(CLI::App& app, CommandContext& context) {
    const auto flags = std::make_shared<KeyFlags>();
    auto& keys = context.add_command(
        app,
        {.name = "keys",
         .group = group_operate,
         .summary = "Show the keys of which jobs wait for their turn",
         .details =
             "Jobs of a queue that were enqueued with the same --key run one after the other, "
             "retries included, unless the queue is set otherwise. WAITING counts the jobs that "
             "wait behind the one that has the turn; the keys with most of them stand first.",
         .examples = {{"keys", "A table."},
                      {"keys --json", "One key a line, with the ids of the holders."},
                      {"keys unblock mail acme", "Lets the next job go before a retry."}}},
        [flags, &context] { return list_keys(*flags, context); });
    keys.add_option("--limit", flags->limit, "Most keys shown, 1 to 1000 (default: 50)")
        ->type_name("N");
    auto& command = context.add_command(
        keys,
        {.name = "unblock",
         .group = group_operate,
         .summary = "Let the jobs of a key pass the one that waits for its retry",
         .details =
             "Jobs that have the key's turn but wait for a time, as for a retry, give it to those "
             "behind them and stand in line anew when they are due: the key's order is broken for "
             "them. A job that runs keeps its turn. Exit code 1: there was no such job.",
         .examples = {{"keys unblock mail acme", "Of the queue mail, the key acme."}}},
        [flags, &context] { return unblock(*flags, context); });
    command.add_option("QUEUE", flags->queue, "The queue's name")->required();
    command.add_option("KEY", flags->key, "The key")->required();
}

}  // namespace errand::cli
