#include "cli/schedule_flags.hpp"

#include "base/text.hpp"
#include "cli/command.hpp"
#include "core/schedule/calendar_file.hpp"
#include "core/schedule/dates.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <fstream>
#include <iterator>

namespace errand::cli {
namespace {

std::string read_calendar(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    std::string text;
    // One byte more than is allowed, so that a larger file is noticed without reading it all.
    text.resize(core::max_calendar_bytes + 1);
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (!file.is_open() || file.bad() || (file.fail() && !file.eof())) {
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("--calendar: {} cannot be read; is it there, and a file?",
                                base::quote_for_message(path)));
    }
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
}

boost::json::array exclusions_of(const TimingFlags& flags) {
    boost::json::array ranges;
    for (const auto& text : flags.exclude)
        ranges.emplace_back(base::to_valid_utf8(text));
    for (const auto& path : flags.calendars) {
        for (const auto& range : core::parse_calendar(read_calendar(path), path))
            ranges.emplace_back(core::to_string(range));
    }
    return ranges;
}

}  // namespace

void add_timing_options(CLI::App& command, TimingFlags& flags) {
    command.add_option("--cron", flags.cron, "Cron expression: minute hour day month weekday")
        ->type_name("EXPR");
    command.add_option("--every", flags.every, "A fixed interval, for example 15m")
        ->type_name("DURATION");
    command.add_option("--at", flags.at, "One time, for example 2026-01-31T08:00:00Z")
        ->type_name("TIME");
    command.add_option("--timezone", flags.timezone, "IANA zone of the expression (default: UTC)")
        ->type_name("ZONE");
    command
        .add_option("--dst", flags.dst,
                    "What happens when the zone's clock is moved (default: vixie)")
        ->type_name("vixie|skip|utc");
    command.add_option("--start", flags.start, "No tick before this time")->type_name("TIME");
    command.add_option("--end", flags.end, "No tick after this time")->type_name("TIME");
    command.add_option("--jitter", flags.jitter, "Fire each tick up to this much later")
        ->type_name("DURATION");
    repeatable(command.add_option("--exclude", flags.exclude,
                                  "A date without ticks, or a range FIRST/LAST; repeatable"))
        ->type_name("DATE");
    repeatable(command.add_option("--calendar", flags.calendars,
                                  "A file of dates without ticks, or iCalendar; repeatable"))
        ->type_name("FILE");
}

ScheduleSpec schedule_spec_of(const TimingFlags& flags) {
    // By way of the stored form, so that there is one reader of schedules with one set of checks.
    boost::json::object document;
    const auto set = [&](std::string_view member, const std::string& value) {
        if (!value.empty()) document[member] = base::to_valid_utf8(value);
    };
    set("cron", flags.cron);
    set("every", flags.every);
    set("at", flags.at);
    set("timezone", flags.timezone);
    set("dst", flags.dst);
    set("start", flags.start);
    set("end", flags.end);
    set("jitter", flags.jitter);
    document["exclusions"] = exclusions_of(flags);
    return parse_schedule_spec(boost::json::serialize(document));
}

}  // namespace errand::cli
