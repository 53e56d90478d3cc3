#include "cli/commands/queues_set.hpp"

#include "base/scan.hpp"
#include "base/text.hpp"
#include "client/control_json.hpp"
#include "core/validate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace errand::cli {
namespace {

struct SetFlags {
    std::string queue, order, aging, max_age;
    std::optional<std::uint32_t> key_concurrency;
    std::vector<std::string> key_weights;
    bool defaults = false;
};

void set_weight(QueueSettings& settings, const std::string& text) {
    const auto equals = text.rfind('=');
    const auto weight = equals == text.npos || equals == 0
                            ? std::nullopt
                            : base::to_number(std::string_view{text}.substr(equals + 1));
    if (!weight || *weight > std::numeric_limits<std::uint32_t>::max()) {
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("--key-weight: {} is not KEY=WEIGHT, for example acme=3",
                                base::quote_for_message(text)));
    }
    const auto key = text.substr(0, equals);
    if (*weight == 0) {
        settings.key_weights.erase(key);
    } else {
        settings.key_weights[key] = static_cast<std::uint32_t>(*weight);
    }
}

void change(QueueSettings& settings, const SetFlags& flags) {
    if (!flags.order.empty()) settings.order = parse_queue_order(flags.order);
    if (!flags.aging.empty()) settings.aging = parse_duration(flags.aging);
    // Aging counts in fifo queues only: who changes the order means to leave it.
    if (settings.order != QueueOrder::fifo && flags.aging.empty()) settings.aging = {};
    if (!flags.max_age.empty()) settings.max_age = parse_duration(flags.max_age);
    if (flags.key_concurrency) settings.key_concurrency = *flags.key_concurrency;
    for (const auto& weight : flags.key_weights)
        set_weight(settings, weight);
}

ExitCode set_queue(const SetFlags& flags, CommandContext& context) {
    core::validate_queue(flags.queue);
    const bool anything = flags.defaults || flags.key_concurrency || !flags.order.empty() ||
                          !flags.aging.empty() || !flags.max_age.empty() ||
                          !flags.key_weights.empty();
    if (!anything) {
        throw Error(ErrorCode::invalid_argument,
                    "give what is to change: --order, --aging, --key-concurrency, --key-weight, "
                    "--max-age or --defaults");
    }
    Client client = context.open_client();
    const auto present = client.queue_settings();
    const auto found = present.find(flags.queue);
    auto settings = flags.defaults || found == present.end() ? QueueSettings{} : found->second;
    change(settings, flags);
    client.set_queue_settings(flags.queue, settings);
    if (context.json()) {
        fmt::print("{}\n", to_json_text(settings));
    } else {
        fmt::print(stderr, "queue {}: {}\n", flags.queue, order_text(settings));
    }
    return ExitCode::done;
}

void add_options(CLI::App& command, SetFlags& flags) {
    command.add_option("QUEUE", flags.queue, "The queue's name")->required();
    command
        .add_option("--order", flags.order,
                    "Who is next: fifo, who was due first; lifo, who came last; fair, the keys in "
                    "turn")
        ->type_name("fifo|lifo|fair");
    command
        .add_option("--aging", flags.aging,
                    "fifo: how much waiting a step of priority is worth; 0: priority always wins")
        ->type_name("DURATION");
    command
        .add_option("--key-concurrency", flags.key_concurrency,
                    "Jobs of one key at once, 1 to 1000; 0: keys hold nobody back (default: 1)")
        ->type_name("N");
    repeatable(command.add_option("--key-weight", flags.key_weights,
                                  "fair: a key's share, 1 to 1000; 0 forgets it; repeatable"))
        ->type_name("KEY=WEIGHT");
    command
        .add_option("--max-age", flags.max_age,
                    "A job that has been available for longer is late: counted and shown; 0: none "
                    "is")
        ->type_name("DURATION");
    command.add_flag("--defaults", flags.defaults,
                     "Forget all that was set before; other options count after it");
}

}  // namespace

std::string order_text(const QueueSettings& settings) {
    std::string text{to_string(settings.order)};
    if (settings.aging != Duration::zero()) text += ", aging " + format_duration(settings.aging);
    if (settings.max_age != Duration::zero()) {
        text += ", late after " + format_duration(settings.max_age);
    }
    if (settings.key_concurrency == 0) text += ", keys free";
    if (settings.key_concurrency > 1) {
        text += fmt::format(", {} at once per key", settings.key_concurrency);
    }
    if (!settings.key_weights.empty()) {
        text += fmt::format(", {} key weight{}", settings.key_weights.size(),
                            settings.key_weights.size() == 1 ? "" : "s");
    }
    return text;
}

void add_queues_set_command(CLI::App& queues, CommandContext& context) {
    const auto flags = std::make_shared<SetFlags>();
    auto& command = context.add_command(
        queues,
        {.name = "set",
         .group = group_operate,
         .summary = "Set how a queue orders its jobs",
         .details =
             "Changes what is named and leaves the rest. Jobs get their place when they are "
             "enqueued: a change of the order counts for later jobs, those that wait keep the "
             "place they have. What errand.toml says of a queue is set anew whenever a worker "
             "starts with it.",
         .examples = {{"queues set undo --order lifo", "A stack: who came last goes first."},
                      {"queues set mail --order fair --key-concurrency 0 --key-weight acme=3",
                       "Keys take turns, acme three times as often, any number of one at once."},
                      {"queues set default --aging 5m",
                       "A job of priority 0 that has waited 50 minutes goes before a new one of "
                       "priority 9."},
                      {"queues set mail --max-age 10m",
                       "Jobs that wait for longer than ten minutes are counted as late."},
                      {"queues set mail --defaults", "As if nothing had ever been set."}}},
        [flags, &context] { return set_queue(*flags, context); });
    add_options(command, *flags);
}

}  // namespace errand::cli
