#pragma once

#include <errand/schedule.hpp>

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace errand::cli {

/// What a command line says about when a schedule ticks. Empty: nothing.
struct TimingFlags {
    std::string cron, every, at, timezone, dst, start, end, jitter;
    std::vector<std::string> exclude;    ///< dates and ranges
    std::vector<std::string> calendars;  ///< files of dates
};

/// Adds --cron, --every, --at, --timezone, --dst, --start, --end, --jitter, --exclude, --calendar.
void add_timing_options(CLI::App& command, TimingFlags& flags);

/// Reads the calendar files too. Throws Error (invalid_argument) naming field, value and remedy.
[[nodiscard]] ScheduleSpec schedule_spec_of(const TimingFlags& flags);

}  // namespace errand::cli
