#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "cli/scope_argument.hpp"
#include "cli/table.hpp"
#include "client/control_json.hpp"
#include "client/json_writer.hpp"

#include <fmt/format.h>

namespace errand::cli {
namespace {

struct SwitchFlags {
    std::string scope;
    std::string by;
};

ExitCode list_pauses(CommandContext& context) {
    const Client client = context.open_client();
    const auto pauses = client.pauses();
    if (context.json()) {
        for (const auto& pause : pauses)
            fmt::print("{}\n", to_json_text(pause));
        return ExitCode::done;
    }
    if (pauses.empty()) {
        fmt::print(stderr, "nothing is paused\n");
        return ExitCode::done;
    }
    const Timestamp now = client.store()->now();
    Table table{{{"SCOPE"}, {"FOR", true}, {"BY"}}};
    for (const auto& pause : pauses) {
        table.add_row(
            {one_line(to_string(pause.scope)), human_age(now - pause.since), one_line(pause.by)});
    }
    table.print();
    return ExitCode::done;
}

ExitCode set_paused(const SwitchFlags& flags, bool paused, CommandContext& context) {
    const Scope scope = parse_scope_argument(flags.scope);
    Client client = context.open_client();
    if (paused) {
        client.pause(scope, flags.by.empty() ? login_name() : flags.by);
    } else {
        client.resume(scope);
    }
    if (context.json()) {
        client::ObjectWriter line;
        line.text("scope", to_string(scope));
        if (scope.kind == Scope::Kind::queue) line.text("queue", scope.name);
        fmt::print("{}\n", line.boolean("paused", paused).finish());
    } else {
        fmt::print(stderr, "{} is {}\n", to_string(scope), paused ? "paused" : "running");
    }
    return ExitCode::done;
}

}  // namespace

void add_pause_command(CLI::App& app, CommandContext& context) {
    const auto flags = std::make_shared<SwitchFlags>();
    auto& command = context.add_command(
        app,
        {.name = "pause",
         .group = group_operate,
         .summary =
             "Stop taking jobs from a queue, of a type, with a key, or all; show what is stopped",
         .details = "Running jobs go on, and jobs may still be enqueued. A scope may be paused "
                    "before it has jobs; pausing twice is no error and keeps the first time and "
                    "name. A queue whose own name looks like a scope is written queue:NAME. "
                    "`errand explain` shows who paused and since when, and so does this command "
                    "without SCOPE.",
         .examples = {{"pause mail", "No job of the queue mail starts until it is resumed."},
                      {"pause type:email.send --by 'ada, provider down'",
                       "No job of the type, whatever its queue, with a note on the reason."},
                      {"pause key:acme", "No job with this key, whatever its queue."},
                      {"pause global", "No job at all starts."},
                      {"pause", "Shows what is paused."}}},
        [flags, &context] {
            return flags->scope.empty() ? list_pauses(context) : set_paused(*flags, true, context);
        });
    command.add_option("SCOPE", flags->scope, scope_help);
    command
        .add_option("--by", flags->by,
                    "Who pauses, and why: shown to people (default: the login name)")
        ->type_name("NAME");
}

void add_resume_command(CLI::App& app, CommandContext& context) {
    const auto flags = std::make_shared<SwitchFlags>();
    auto& command = context.add_command(
        app,
        {.name = "resume",
         .group = group_operate,
         .summary = "Take jobs of a paused scope again",
         .details = "Lifts the pause of this very scope. Jobs that another pause or a limit "
                    "holds go on waiting: `errand explain ID` tells which.",
         .examples = {{"resume mail", "Waiting jobs of the queue mail start at once."},
                      {"resume global", "Lifts the pause of everything."}}},
        [flags, &context] { return set_paused(*flags, false, context); });
    command.add_option("SCOPE", flags->scope, scope_help)->required();
}

}  // namespace errand::cli
