#include "core/schedule/validate.hpp"

#include "base/zone_name.hpp"
#include "core/schedule/dates.hpp"

#include <errand/error.hpp>
#include <errand/limits.hpp>

#include <fmt/format.h>

namespace errand::core {
namespace {

[[noreturn]] void refuse(std::string_view field, const std::string& reason) {
    throw Error(ErrorCode::invalid_argument, fmt::format("{}: {}", field, reason));
}

void check_length(std::string_view field, Duration value, Duration least) {
    if (value >= least && value <= max_duration) return;
    refuse(field, fmt::format("{} is out of bounds; write {} to 36500d", format_duration(value),
                              format_duration(least)));
}

void check_time(std::string_view field, Timestamp value) {
    if (value < min_timestamp || value > max_timestamp) {
        refuse(field, "must lie in the years 1970 to 9999");
    }
}

void check_span(const ScheduleSpec& spec) {
    if (spec.start) check_time("start", *spec.start);
    if (spec.end) check_time("end", *spec.end);
    if (spec.start && spec.end && *spec.end < *spec.start) {
        refuse("end", fmt::format("{} lies before the start {}", format_timestamp(*spec.end),
                                  format_timestamp(*spec.start)));
    }
}

void check_timing(const ScheduleSpec& spec) {
    if (const auto* interval = std::get_if<Interval>(&spec.timing)) {
        check_length("every", interval->length, std::chrono::seconds{1});
    } else if (const auto* once = std::get_if<OneTime>(&spec.timing)) {
        check_time("at", once->at);
        if (spec.start || spec.end) {
            refuse("at", "a single time has neither start nor end; leave them out");
        }
    }
}

void check_exclusions(std::vector<DateRange>& ranges) {
    for (const auto& range : ranges) {
        const bool is_sound = range.first.ok() && range.last.ok() && range.first <= range.last &&
                              range.first.year() >= std::chrono::year{1970} &&
                              range.last.year() <= std::chrono::year{9999};
        if (!is_sound) refuse("exclusions", "a range needs two days of 1970 to 9999 in order");
    }
    ranges = merged(std::move(ranges));
    if (ranges.size() > ScheduleSpec::max_exclusions) {
        refuse("exclusions", fmt::format("there are {}, at most {} are possible; join neighbouring "
                                         "days or write a narrower cron expression",
                                         ranges.size(), ScheduleSpec::max_exclusions));
    }
}

}  // namespace

void validate(ScheduleSpec& spec) {
    base::check_zone_name(spec.timezone);
    check_timing(spec);
    check_span(spec);
    check_length("jitter", spec.jitter, Duration::zero());
    check_length("misfire_after", spec.misfire_after, Duration::zero());
    check_length("catchup_window", spec.catchup_window, Duration::zero());
    check_exclusions(spec.exclusions);
}

}  // namespace errand::core
