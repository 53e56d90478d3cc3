#include "cli/command.hpp"
#include "cli/commands/schedule/subcommands.hpp"
#include "cli/schedule_view.hpp"
#include "client/schedule_json.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace errand::cli {
namespace {

constexpr std::uint32_t page = 1'000;

std::vector<ScheduleView> all_schedules(Store& store) {
    std::vector<ScheduleView> views;
    std::uint64_t version = 0;
    while (true) {
        auto more = store.schedules_after(version, page);
        if (more.empty()) break;
        version = more.back().version;
        std::ranges::move(more, std::back_inserter(views));
    }
    // One that changed meanwhile has come twice, the newer one later.
    const auto& name = [](const ScheduleView& view) -> const std::string& {
        return view.definition.name;
    };
    std::ranges::reverse(views);
    std::ranges::stable_sort(views, {}, name);
    const auto repeated = std::ranges::unique(views, {}, name);
    views.erase(repeated.begin(), repeated.end());
    return views;
}

ExitCode list(CommandContext& context) {
    const auto store = context.open_store();
    const auto views = all_schedules(*store);
    if (context.json()) {
        for (const auto& view : views)
            fmt::print("{}\n", to_json_text(view));
    } else if (views.empty()) {
        fmt::print(stderr, "no schedules; `errand schedule add` makes one\n");
    } else {
        schedule_table(views, store->now()).print();
    }
    return ExitCode::done;
}

}  // namespace

void add_schedule_list_command(CLI::App& group, CommandContext& context) {
    context.add_command(group,
                        {.name = "list",
                         .group = "Commands",
                         .summary = "Show the schedules of the store, and when each fires next",
                         .details = "NEXT is for armed schedules, those that make jobs.",
                         .examples = {{"schedule list", "A table."},
                                      {"schedule list --json", "One schedule a line."}}},
                        [&context] { return list(context); });
}

}  // namespace errand::cli
