#include "cli/command.hpp"
#include "cli/commands/schedule/subcommands.hpp"
#include "cli/schedule_flags.hpp"
#include "cli/table.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <array>

namespace errand::cli {
namespace {

constexpr std::size_t max_count = 1'000;

struct PreviewFlags {
    TimingFlags timing;
    std::string from;
    std::size_t count = 10;
};

/// "2026-03-29T01:00:00Z", with a fraction only where there is one.
std::string utc_text(Timestamp time) {
    const auto text = format_timestamp(time);
    const auto second = text.substr(0, 19);
    auto fraction = text.substr(19, 7);
    fraction.erase(fraction.find_last_not_of('0') + 1);
    return fraction == "." ? second + "Z" : second + fraction + "Z";
}

std::string date_and_time(std::chrono::local_seconds time) {
    auto text = format_timestamp(Timestamp{time.time_since_epoch()}).substr(0, 19);
    text[10] = ' ';
    return text;
}

/// "Sun 2026-03-29 03:00:00 CEST"
std::string local_text(const UpcomingTick& tick) {
    constexpr std::array<const char*, 7> names{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    const auto fires = std::chrono::floor<std::chrono::seconds>(tick.fire_at);
    const std::chrono::local_seconds local{fires.time_since_epoch() + tick.utc_offset};
    const std::chrono::weekday weekday{std::chrono::floor<std::chrono::days>(local)};
    return fmt::format("{} {} {}", names[weekday.c_encoding()], date_and_time(local),
                       tick.abbreviation);
}

std::string distance_text(Duration distance) {
    return distance < Duration::zero() ? human_age(-distance) + " ago"
                                       : "in " + human_age(distance);
}

std::string note_of(const UpcomingTick& tick) {
    const auto named = date_and_time(tick.named).substr(11);
    switch (tick.mark) {
        case TickMark::none:
            break;
        case TickMark::moved:
            return named + " does not exist on that day: fires right after the gap";
        case TickMark::first_of_two:
            return named + " comes twice on that day: this is the first";
        case TickMark::second_of_two:
            return named + " comes twice on that day: this is the second";
        case TickMark::left_out:
            return named + " does not exist on that day: does not fire";
        case TickMark::excluded:
            return "excluded: does not fire";
    }
    const auto jitter = tick.fire_at - tick.tick;
    return jitter == Duration::zero() ? "" : "jitter " + format_duration(jitter);
}

void print_table(const std::vector<UpcomingTick>& ticks, Timestamp now) {
    Table table{{{"LOCAL"}, {"UTC"}, {"DUE", true}, {"NOTE"}}};
    for (const auto& tick : ticks) {
        const auto colour = tick.fires() ? Colour::none : Colour::dim;
        table.add_row({{local_text(tick), colour},
                       {utc_text(tick.fire_at), colour},
                       {tick.fires() ? distance_text(tick.fire_at - now) : "-", colour},
                       {note_of(tick), Colour::yellow}});
    }
    table.print();
}

void print_json(const std::vector<UpcomingTick>& ticks) {
    boost::json::array times;
    for (const auto& tick : ticks) {
        if (tick.fires()) times.emplace_back(utc_text(tick.fire_at));
    }
    fmt::print("{}\n", boost::json::serialize(times));
}

Timestamp from_of(const PreviewFlags& flags, Timestamp now) {
    if (flags.from.empty()) return now;
    try {
        return parse_timestamp(flags.from);
    } catch (const Error& error) {
        throw Error(error.code(), fmt::format("--from: {}", error.what()));
    }
}

ExitCode preview(const PreviewFlags& flags, CommandContext& context) {
    if (flags.count == 0 || flags.count > max_count) {
        throw Error(
            ErrorCode::invalid_argument,
            fmt::format("--count: {} is out of bounds; write 1 to {}", flags.count, max_count));
    }
    const auto now = system_clock().now();
    const auto spec = schedule_spec_of(flags.timing);
    const auto ticks = upcoming(spec, from_of(flags, now), flags.count);
    if (context.json()) {
        print_json(ticks);
    } else if (ticks.empty()) {
        fmt::print(stderr, "nothing fires after that: the schedule has ended\n");
    } else {
        print_table(ticks, now);
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
             "Needs no store. A table shows local time, UTC and a note where the zone's clock is "
             "moved on that day or the date is excluded; what does not fire is shown between the "
             "others. --json prints an array of the times at which it fires, in UTC.",
         .examples =
             {{"schedule preview --cron '30 2 * * *' --timezone Europe/Berlin",
               "The next ten ticks."},
              {"schedule preview --cron @hourly --from 2026-10-25T00:00:00Z --count 3 --json",
               "An array of three times after that one."},
              {"schedule preview --every 15m --exclude 2026-12-24/2026-12-26",
               "A fixed interval, but not at Christmas."}}},
        [flags, &context] { return preview(*flags, context); });
    add_timing_options(command, flags->timing);
    command.add_option("--from", flags->from, "Show what fires after this time (default: now)")
        ->type_name("TIME");
    command.add_option("--count", flags->count, "How many ticks that fire (default: 10)")
        ->type_name("N");
}

}  // namespace errand::cli
