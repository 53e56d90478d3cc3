#include "base/local_time.hpp"

#include <algorithm>

namespace errand::base {

using namespace std::chrono_literals;

Showing first_showing(const TimeZone& zone, std::chrono::local_seconds wanted) {
    const std::chrono::sys_seconds as_utc{wanted.time_since_epoch()};
    auto period = zone.period_at(as_utc - max_zone_offset);
    while (period.local(period.end) <= wanted && period.end < zones_end)
        period = zone.period_at(period.end);
    const auto time = std::max(period.begin, period.utc(wanted));
    return {time, period.local(time) == wanted};
}

Showing last_showing(const TimeZone& zone, std::chrono::local_seconds wanted) {
    auto showing = first_showing(zone, wanted);
    if (!showing.is_exact) return showing;
    const auto last = showing.time + max_zone_change;
    auto period = zone.period_at(showing.time);
    while (period.end < last && period.end < zones_end) {
        period = zone.period_at(period.end);
        const auto again = period.utc(wanted);
        if (again >= period.begin && again < period.end) showing.time = again;
    }
    return showing;
}

std::chrono::local_seconds latest_shown(const TimeZone& zone, std::chrono::sys_seconds time) {
    auto period = zone.period_at(time);
    auto latest = period.local(time);
    while (period.begin > time - max_zone_change && period.begin > zones_begin) {
        const auto before = period.begin - 1s;
        period = zone.period_at(before);
        latest = std::max(latest, period.local(before));
    }
    return latest;
}

bool shows_again(const TimeZone& zone, std::chrono::sys_seconds time) {
    auto period = zone.period_at(time);
    const auto wanted = period.local(time);
    while (period.end < time + max_zone_change && period.end < zones_end) {
        period = zone.period_at(period.end);
        const auto again = period.utc(wanted);
        if (again >= period.begin && again < period.end) return true;
    }
    return false;
}

bool has_shown_before(const TimeZone& zone, std::chrono::sys_seconds time) {
    auto period = zone.period_at(time);
    const auto wanted = period.local(time);
    while (period.begin > time - max_zone_change && period.begin > zones_begin) {
        period = zone.period_at(period.begin - 1s);
        const auto before = period.utc(wanted);
        if (before >= period.begin && before < period.end) return true;
    }
    return false;
}

}  // namespace errand::base
