#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "cli/scope_argument.hpp"
#include "cli/table.hpp"
#include "client/control_json.hpp"
#include "core/limit_conditions.hpp"

#include <errand/limits.hpp>

#include <fmt/format.h>

namespace errand::cli {
namespace {

std::string held_text(const LimitView& view) {
    if (view.limit.concurrency) return fmt::format("{} of {}", view.held, *view.limit.concurrency);
    return view.broken_until ? std::to_string(view.held) : "-";
}

std::string left_text(const LimitView& view, Timestamp now) {
    if (!view.limit.rate) return "-";
    if (view.opens_at && *view.opens_at > now) {
        return "opens in " + human_age(*view.opens_at - now);
    }
    return view.available ? grouped(*view.available) : "-";
}

std::string holders_text(const LimitView& view) {
    std::vector<std::string> ids;
    for (const auto& id : view.holders)
        ids.push_back(to_string(id));
    auto text = fmt::format("{}", fmt::join(ids, " "));
    if (view.held > ids.size() && !ids.empty()) text += " …";
    return text;
}

std::string bounds_text(const Limit& limit) {
    std::vector<std::string> parts;
    if (limit.rate) parts.push_back(to_string(*limit.rate));
    if (limit.breaker) parts.push_back(to_string(*limit.breaker));
    if (limit.window) parts.push_back(to_string(*limit.window));
    return parts.empty() ? "-" : fmt::format("{}", fmt::join(parts, "; "));
}

/// What closes the scope now, besides its concurrency; empty: nothing.
std::string closed_text(const LimitView& view, Timestamp now) {
    std::vector<std::string> parts;
    const auto in = [&](Timestamp time) { return human_age(time - now); };
    if (view.window_opens_at) {
        const bool known = *view.window_opens_at < max_timestamp;
        parts.push_back(known ? "window opens in " + in(*view.window_opens_at)
                              : "window in an unknown time zone");
    }
    if (view.slowed_until) parts.push_back("slowed for " + in(*view.slowed_until));
    if (view.broken_until) {
        parts.push_back(*view.broken_until > now ? "breaker open for " + in(*view.broken_until)
                                                 : std::string{"breaker lets one job try"});
    }
    return fmt::format("{}", fmt::join(parts, ", "));
}

ExitCode list_limits(CommandContext& context) {
    const Client client = context.open_client();
    const auto limits = client.limits();
    if (context.json()) {
        for (const auto& view : limits)
            fmt::print("{}\n", to_json_text(view));
        return ExitCode::done;
    }
    if (limits.empty()) {
        fmt::print(stderr, "no limits; set one with `errand limits set SCOPE`\n");
        return ExitCode::done;
    }
    const Timestamp now = client.store()->now();
    Table table{{{"SCOPE"}, {"UNDER WAY"}, {"BOUNDS"}, {"LEFT NOW"}, {"CLOSED"}, {"HELD BY"}}};
    for (const auto& view : limits) {
        table.add_row({one_line(to_string(view.limit.scope)),
                       held_text(view),
                       bounds_text(view.limit),
                       left_text(view, now),
                       {closed_text(view, now), Colour::yellow},
                       holders_text(view)});
    }
    table.print();
    return ExitCode::done;
}

struct LimitFlags {
    std::string scope, rate, breaker, window;
    std::optional<std::uint32_t> concurrency;
};

ExitCode set_limit(const LimitFlags& flags, CommandContext& context) {
    Limit limit;
    limit.scope = parse_scope_argument(flags.scope);
    limit.concurrency = flags.concurrency;
    if (!flags.rate.empty()) limit.rate = Rate::parse(flags.rate);
    if (!flags.breaker.empty()) limit.breaker = Breaker::parse(flags.breaker);
    if (!flags.window.empty()) limit.window = TimeWindow::parse(flags.window);
    if (core::bounds_nothing(limit)) {
        throw Error(ErrorCode::invalid_argument,
                    "give --concurrency N, --rate AMOUNT/TIME, --breaker, --window or several of "
                    "them; to have no limit use `errand limits remove`");
    }
    Client client = context.open_client();
    client.set_limit(limit);
    if (!context.json()) {
        fmt::print(stderr, "{} is limited\n", to_string(limit.scope));
        return ExitCode::done;
    }
    for (const auto& view : client.limits()) {
        if (view.limit.scope == limit.scope) fmt::print("{}\n", to_json_text(view));
    }
    return ExitCode::done;
}

ExitCode remove_limit(const std::string& text, CommandContext& context) {
    const Scope scope = parse_scope_argument(text);
    Client client = context.open_client();
    const bool was_there = std::ranges::any_of(
        client.limits(), [&](const LimitView& view) { return view.limit.scope == scope; });
    if (!was_there) {
        throw Error(ErrorCode::not_found, fmt::format("{} has no limit; `errand limits` lists "
                                                      "those there are",
                                                      to_string(scope)));
    }
    client.remove_limit(scope);
    if (!context.json()) fmt::print(stderr, "{} has no limit any more\n", to_string(scope));
    return ExitCode::done;
}

void add_set(CLI::App& limits, CommandContext& context) {
    const auto flags = std::make_shared<LimitFlags>();
    auto& command = context.add_command(
        limits,
        {.name = "set",
         .group = group_operate,
         .summary = "Set the limit of a scope, in place of what it had",
         .details =
             "Counts at once, in all processes, also for jobs that wait already. Running jobs go "
             "on, also when there are more of them than the new limit allows. A rate 100/1m lets "
             "at most 100 begin in any minute, wherever it starts; 100/1m burst 20 is a bucket "
             "that holds 20 and is filled with 100 a minute. Each beginning takes the job's "
             "weight, 1 unless `errand enqueue --weight` said more. A breaker keeps jobs from a "
             "system that is down: after so many attempts in a row that failed nothing begins for "
             "a time, then one job tries. A window names the hours in which jobs may begin.\n"
             "A limit that errand.toml names is set anew whenever a worker starts with it.",
         .examples = {{"limits set mail --concurrency 3",
                       "Three jobs of the queue mail at once, over all workers."},
                      {"limits set type:email.send --rate 100/1m",
                       "At most 100 mails in any minute."},
                      {"limits set key:acme --concurrency 1 --rate '10/1s burst 30'", "Both."},
                      {"limits set type:crm.sync --breaker '5 failures, open 30s'",
                       "Leaves a system alone that does not answer."},
                      {"limits set calls --window 'mon-fri 08:00-18:00 Europe/Berlin'",
                       "Nobody is called at night."}}},
        [flags, &context] { return set_limit(*flags, context); });
    command.add_option("SCOPE", flags->scope, scope_help)->required();
    command.add_option("--concurrency", flags->concurrency, "Jobs that may be under way at once")
        ->type_name("N");
    command
        .add_option("--rate", flags->rate,
                    "Jobs that may begin: AMOUNT/TIME, or AMOUNT/TIME burst N")
        ->type_name("RATE");
    command
        .add_option("--breaker", flags->breaker,
                    "N failures, open TIME: that many in a row keep jobs from beginning so long")
        ->type_name("BREAKER");
    command
        .add_option("--window", flags->window,
                    "Hours in which jobs may begin: [DAYS] HH:MM-HH:MM [ZONE] (default: every day, "
                    "UTC)")
        ->type_name("WINDOW");
}

void add_remove(CLI::App& limits, CommandContext& context) {
    const auto scope = std::make_shared<std::string>();
    auto& command = context.add_command(
        limits,
        {.name = "remove",
         .group = group_operate,
         .summary = "Let a scope have no limit any more",
         .details = "Jobs that it held begin at once. Exit code 1: the scope has no limit.",
         .examples = {{"limits remove mail", "The queue mail is bounded by its workers only."}}},
        [scope, &context] { return remove_limit(*scope, context); });
    command.add_option("SCOPE", *scope, scope_help)->required();
}

}  // namespace

void add_limits_command(CLI::App& app, CommandContext& context) {
    const auto list = [&context] { return list_limits(context); };
    auto& limits = context.add_command(
        app,
        {.name = "limits",
         .group = group_operate,
         .summary = "Show and set how many jobs may run at once or begin in a time",
         .details =
             "Without a command it lists the limits. UNDER WAY counts the jobs that workers hold "
             "now, LEFT NOW is what the rate still lets begin, CLOSED says what lets nothing begin "
             "for a time, HELD BY names the first ten jobs under way. A limit's scope is the whole "
             "store, a queue, a type or a key, over all "
             "workers and processes; a job begins when every limit that covers it allows it.",
         .examples = {{"limits", "A table."},
                      {"limits --json", "One limit a line."},
                      {"limits set mail --concurrency 3", "Sets one."}}},
        list);
    context.add_command(limits,
                        {.name = "list",
                         .group = group_operate,
                         .summary = "Show the limits: the same as without a command",
                         .details = "",
                         .examples = {{"limits list --json", "One limit a line."}}},
                        list);
    add_set(limits, context);
    add_remove(limits, context);
}

}  // namespace errand::cli
