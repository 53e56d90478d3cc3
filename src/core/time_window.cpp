#include "core/time_window.hpp"

#include "base/local_time.hpp"

#include <errand/limits.hpp>

#include <algorithm>

namespace errand::core {

namespace {

using std::chrono::days;
using std::chrono::local_days;

/// No window lasts longer than a day and what the clock is put back, so that those of earlier days
/// are over.
constexpr days looked_back{3};
/// More than enough for a window of one day a week of which the clock leaves the hours out once.
constexpr days looked_ahead{366};

struct Span {
    Timestamp begin;
    Timestamp end;
};

/// The window that begins on `day`; empty when the clock leaves all of it out.
Span window_of(const TimeWindow& window, const base::TimeZone& zone, local_days day) {
    const bool overnight = window.end <= window.begin;
    const auto last_day = day + days{overnight ? 1 : 0};
    return {base::first_showing(zone, day + window.begin).time,
            base::last_showing(zone, last_day + window.end).time};
}

bool begins_on(const TimeWindow& window, local_days day) {
    const auto weekday = std::chrono::weekday{day}.iso_encoding() - 1;
    return (window.days >> weekday & 1) != 0;
}

}  // namespace

std::optional<Timestamp> next_opening(const TimeWindow& window, const base::TimeZone& zone,
                                      Timestamp now) {
    const auto second = std::chrono::floor<std::chrono::seconds>(now);
    const auto local = zone.period_at(second).local(second);
    const auto today = std::chrono::floor<days>(local);
    std::optional<Timestamp> next;
    for (auto day = today - looked_back; day <= today + looked_ahead; day += days{1}) {
        if (!begins_on(window, day)) continue;
        const auto [begin, end] = window_of(window, zone, day);
        if (begin <= now && now < end) return std::nullopt;
        if (begin > now && begin < end) next = std::min(next.value_or(begin), begin);
        if (next && day > today + looked_back) break;  // later days begin later
    }
    return std::min(next.value_or(max_timestamp), max_timestamp);
}

}  // namespace errand::core
