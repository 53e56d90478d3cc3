#include "cli/command.hpp"
#include "cli/commands/schedule/subcommands.hpp"
#include "cli/schedule_view.hpp"
#include "cli/tick_table.hpp"
#include "client/schedule_json.hpp"

#include <fmt/format.h>

namespace errand::cli {
namespace {

constexpr std::size_t ticks_shown = 5;
constexpr std::uint32_t fires_shown = 5;

std::vector<UpcomingTick> ticks_of(const ScheduleView& view, Timestamp now) {
    try {
        return upcoming(view.definition.spec, now, ticks_shown, view.definition.name);
    } catch (const Error& error) {
        fmt::print(stderr, "errand: {}\n", one_line(error.what()));
        return {};
    }
}

void print_json(const ScheduleView& view, const std::vector<UpcomingTick>& ticks,
                const std::vector<FireRecord>& history) {
    auto text = to_json_text(view);
    text.pop_back();
    std::string lines;
    for (const auto& record : history)
        lines += (lines.empty() ? "" : ",") + to_json_text(record);
    fmt::print("{},\"next\":{},\"history\":[{}]}}\n", text, fire_times_json(ticks), lines);
}

ExitCode show(const std::string& name, CommandContext& context) {
    const auto store = context.open_store();
    const auto view = required_schedule(*store, name);
    const auto history = store->schedule_history(name, 0, fires_shown);
    const auto now = store->now();
    const auto ticks = ticks_of(view, now);
    if (context.json()) {
        print_json(view, ticks, history);
        return ExitCode::done;
    }
    fmt::print("{}", schedule_details(view, now, shows_colour(stdout)));
    const bool is_armed = view.state == ScheduleState::armed;
    fmt::print("\n{}\n", is_armed ? "next ticks" : "next ticks, once it is armed");
    if (ticks.empty()) fmt::print("none\n");
    if (!ticks.empty()) print_tick_table(ticks, now);
    fmt::print("\nlast fires\n");
    if (history.empty()) fmt::print("none\n");
    if (!history.empty()) history_table(history, *store, now).print();
    return ExitCode::done;
}

}  // namespace

void add_schedule_show_command(CLI::App& group, CommandContext& context) {
    const auto name = std::make_shared<std::string>();
    auto& command = context.add_command(
        group,
        {.name = "show",
         .group = "Commands",
         .summary = "Show all about a schedule: definition, state, next and last fires",
         .details = "`errand schedule history NAME` shows more of the past, `errand schedule "
                    "preview NAME` more of what is to come.",
         .examples = {{"schedule show nightly", "For people."},
                      {"schedule show nightly --json", "One JSON document."}}},
        [name, &context] { return show(*name, context); });
    command.add_option("NAME", *name, "The schedule's name")->required();
}

}  // namespace errand::cli
