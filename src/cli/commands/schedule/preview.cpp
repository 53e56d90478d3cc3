#include "cli/command.hpp"
#include "cli/commands/schedule/subcommands.hpp"
#include "cli/schedule_flags.hpp"
#include "cli/schedule_view.hpp"
#include "cli/tick_table.hpp"

#include <fmt/format.h>

namespace errand::cli {
namespace {

constexpr std::size_t max_count = 1'000;

struct PreviewFlags {
    std::string name;
    TimingWords timing;
    std::string from;
    std::size_t count = 10;
};

Timestamp from_of(const PreviewFlags& flags, Timestamp now) {
    if (flags.from.empty()) return now;
    try {
        return parse_timestamp(flags.from);
    } catch (const Error& error) {
        throw Error(error.code(), fmt::format("--from: {}", error.what()));
    }
}

ScheduleSpec spec_of(const PreviewFlags& flags, CommandContext& context) {
    if (flags.name.empty()) return schedule_spec_of(flags.timing);
    if (!flags.timing.empty()) {
        throw Error(ErrorCode::invalid_argument,
                    "give NAME or --cron, --every, --at with their options, not both");
    }
    return required_schedule(*context.open_store(), flags.name).definition.spec;
}

ExitCode preview(const PreviewFlags& flags, CommandContext& context) {
    if (flags.count == 0 || flags.count > max_count) {
        throw Error(
            ErrorCode::invalid_argument,
            fmt::format("--count: {} is out of bounds; write 1 to {}", flags.count, max_count));
    }
    const auto now = system_clock().now();
    const auto spec = spec_of(flags, context);
    const auto ticks = upcoming(spec, from_of(flags, now), flags.count, flags.name);
    if (context.json()) {
        fmt::print("{}\n", fire_times_json(ticks));
    } else if (ticks.empty()) {
        fmt::print(stderr, "nothing fires after that: the schedule has ended\n");
    } else {
        print_tick_table(ticks, now);
    }
    return ExitCode::done;
}

}  // namespace

void add_schedule_preview_command(CLI::App& group, CommandContext& context) {
    const auto flags = std::make_shared<PreviewFlags>();
    auto& command = context.add_command(
        group,
        {.name = "preview",
         .group = "Commands",
         .summary = "Show when a schedule fires next, and note odd days",
         .details =
             "Of a schedule in the store, or of one that is not there yet and needs no store. A "
             "table shows local time, UTC and a note where the zone's clock is "
             "moved on that day or the date is excluded; what does not fire is shown between the "
             "others. --json prints an array of the times at which it fires, in UTC.",
         .examples =
             {{"schedule preview --cron '30 2 * * *' --timezone Europe/Berlin",
               "The next ten ticks."},
              {"schedule preview nightly --count 3", "Those of a schedule in the store."},
              {"schedule preview --cron @hourly --from 2026-10-25T00:00:00Z --count 3 --json",
               "An array of three times after that one."},
              {"schedule preview --every 15m --exclude 2026-12-24/2026-12-26",
               "A fixed interval, but not at Christmas."}}},
        [flags, &context] { return preview(*flags, context); });
    command.add_option("NAME", flags->name,
                       "A schedule of the store, instead of --cron and others");
    add_timing_options(command, flags->timing);
    command.add_option("--from", flags->from, "Show what fires after this time (default: now)")
        ->type_name("TIME");
    command.add_option("--count", flags->count, "How many ticks that fire (default: 10)")
        ->type_name("N");
}

}  // namespace errand::cli
