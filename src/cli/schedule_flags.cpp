#include "cli/schedule_flags.hpp"

#include "cli/command.hpp"

namespace errand::cli {

void add_timing_options(CLI::App& command, TimingWords& words) {
    command.add_option("--cron", words.cron, "Cron expression: minute hour day month weekday")
        ->type_name("EXPR");
    command.add_option("--every", words.every, "A fixed interval, for example 15m")
        ->type_name("DURATION");
    command.add_option("--at", words.at, "One time, for example 2026-01-31T08:00:00Z")
        ->type_name("TIME");
    command.add_option("--timezone", words.timezone, "IANA zone of the expression (default: UTC)")
        ->type_name("ZONE");
    command
        .add_option("--dst", words.dst,
                    "What happens when the zone's clock is moved (default: vixie)")
        ->type_name("vixie|skip|utc");
    command.add_option("--start", words.start, "No tick before this time")->type_name("TIME");
    command.add_option("--end", words.end, "No tick after this time")->type_name("TIME");
    command.add_option("--jitter", words.jitter, "Fire each tick up to this much later")
        ->type_name("DURATION");
    repeatable(command.add_option("--exclude", words.exclude,
                                  "A date without ticks, or a range FIRST/LAST; repeatable"))
        ->type_name("DATE");
    repeatable(command.add_option("--calendar", words.calendars,
                                  "A file of dates without ticks, or iCalendar; repeatable"))
        ->type_name("FILE");
}

}  // namespace errand::cli
