#pragma once

#include <errand/store/schedules.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// A schedule in the words of the command line and of errand.toml, before it is understood.

namespace errand::cli {

/// What a command line or errand.toml says about when a schedule ticks. Empty: nothing.
struct TimingWords {
    std::string cron, every, at, timezone, dst, start, end, jitter;
    std::vector<std::string> exclude;    ///< dates and ranges
    std::vector<std::string> calendars;  ///< files of dates

    [[nodiscard]] bool empty() const noexcept;
};

/// What they say about a whole schedule.
struct ScheduleWords {
    TimingWords timing;
    std::string misfire, misfire_after, catchup, overlap;
    std::string type, args, queue, key, retry, timeout, expires_in;
    std::optional<std::int32_t> priority;
    std::optional<std::uint32_t> max_attempts;
    std::vector<std::string> tags;
    std::string meta;  ///< JSON object
    bool require_rehearsal = false;
};

/// Whether the files of dates are read, which are the one thing outside the words.
enum class Calendars : std::uint8_t { read, leave };

/// Throws Error (invalid_argument) naming field, value and remedy.
[[nodiscard]] ScheduleSpec schedule_spec_of(const TimingWords& words);
[[nodiscard]] ScheduleDefinition schedule_of(const std::string& name, const ScheduleWords& words,
                                             Calendars calendars = Calendars::read);

}  // namespace errand::cli
