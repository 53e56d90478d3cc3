#include "cli/command.hpp"
#include "cli/commands/schedule/subcommands.hpp"
#include "cli/schedule_arming.hpp"
#include "cli/schedule_view.hpp"
#include "cli/scope_argument.hpp"
#include "cli/tick_table.hpp"
#include "client/schedule_json.hpp"

#include <fmt/format.h>

namespace errand::cli {
namespace {

struct StateFlags {
    std::string name, by;
};

ExitCode report(Store& store, const std::string& name, bool json) {
    const auto view = required_schedule(store, name);
    if (json) {
        fmt::print("{}\n", to_json_text(view));
        return ExitCode::done;
    }
    const auto now = store.now();
    const auto next = next_fire(view, now);
    fmt::print(
        stderr, "schedule {} is {}{}\n", name, to_string(view.state),
        next ? fmt::format("; it fires next {}, at {}", distance_text(*next - now), utc_text(*next))
             : "");
    return ExitCode::done;
}

ExitCode arm(const StateFlags& flags, CommandContext& context) {
    const auto store = context.open_store();
    arm_schedule(*store, required_schedule(*store, flags.name),
                 flags.by.empty() ? login_name() : flags.by);
    return report(*store, flags.name, context.json());
}

ExitCode pause(const StateFlags& flags, CommandContext& context) {
    const auto store = context.open_store();
    static_cast<void>(required_schedule(*store, flags.name));
    store->set_schedule_state(flags.name, ScheduleState::paused,
                              flags.by.empty() ? login_name() : flags.by);
    return report(*store, flags.name, context.json());
}

void add_options(CLI::App& command, StateFlags& flags, const char* by) {
    command.add_option("NAME", flags.name, "The schedule's name")->required();
    command.add_option("--by", flags.by, by)->type_name("NAME");
}

}  // namespace

void add_schedule_arm_command(CLI::App& group, CommandContext& context) {
    const auto flags = std::make_shared<StateFlags>();
    auto& command = context.add_command(
        group,
        {.name = "arm",
         .group = "Commands",
         .summary = "Let a schedule make jobs",
         .details = "Ticks count from now on, also for one that was paused: what passed meanwhile "
                    "is left out. Arming an armed one changes nothing. Exit code 1: it requires a "
                    "rehearsal that did not succeed yet; 2: it would never fire.",
         .examples = {{"schedule arm nightly", "It fires at its next tick."}}},
        [flags, &context] { return arm(*flags, context); });
    add_options(command, *flags, "Who arms it: shown to people (default: the login name)");
}

void add_schedule_pause_command(CLI::App& group, CommandContext& context) {
    const auto flags = std::make_shared<StateFlags>();
    auto& command = context.add_command(
        group,
        {.name = "pause",
         .group = "Commands",
         .summary = "Let a schedule make no jobs until it is armed again",
         .details = "Its jobs that are there go on. It stays paused when a worker starts whose "
                    "errand.toml declares it.",
         .examples = {{"schedule pause nightly --by 'ada, disk full'",
                       "With a note on the reason, which `errand schedule show` tells."}}},
        [flags, &context] { return pause(*flags, context); });
    add_options(command, *flags,
                "Who pauses it, and why: shown to people (default: the login name)");
}

void add_schedule_remove_command(CLI::App& group, CommandContext& context) {
    const auto name = std::make_shared<std::string>();
    auto& command = context.add_command(
        group,
        {.name = "remove",
         .group = "Commands",
         .summary = "Remove a schedule with its history; its jobs stay",
         .details = "One that errand.toml declares comes back when a worker starts with that file: "
                    "remove it there first. Exit code 1: there is none of the name.",
         .examples = {{"schedule remove nightly", "It makes no more jobs."}}},
        [name, &context] {
            const auto store = context.open_store();
            if (!store->remove_schedule(*name)) {
                static_cast<void>(required_schedule(*store, *name));
            }
            if (context.json()) {
                fmt::print("{{\"removed\":true}}\n");
            } else {
                fmt::print(stderr, "schedule {} is removed\n", one_line(*name));
            }
            return ExitCode::done;
        });
    command.add_option("NAME", *name, "The schedule's name")->required();
}

}  // namespace errand::cli
