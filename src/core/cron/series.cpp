#include "core/cron/series.hpp"

#include "base/local_time.hpp"
#include "core/cron/local_search.hpp"

#include <errand/limits.hpp>

#include <algorithm>

namespace errand::core {
namespace {

using namespace std::chrono_literals;
using std::chrono::local_seconds;
using std::chrono::sys_seconds;

std::optional<Timestamp> within_years(std::optional<sys_seconds> moment) {
    if (!moment || *moment < min_timestamp || *moment > max_timestamp) return std::nullopt;
    return *moment;
}

}  // namespace

CronSeries::CronSeries(const CronExpression& expression, std::shared_ptr<const base::TimeZone> zone,
                       DstRule rule)
    : fields_(expression.fields()), zone_(std::move(zone)), rule_(rule) {}

const base::TimeZone& CronSeries::clock() const noexcept {
    return rule_ == DstRule::utc ? base::TimeZone::utc() : *zone_;
}

std::optional<Timestamp> CronSeries::next(Timestamp after) const {
    after = std::clamp(after, min_timestamp - 1s, max_timestamp);
    const auto from = std::chrono::floor<std::chrono::seconds>(after) + 1s;
    return within_years(fields_.is_rhythm() ? next_of_rhythm(from) : next_time_of_day(from));
}

std::optional<Timestamp> CronSeries::prev(Timestamp before) const {
    before = std::clamp(before, min_timestamp, max_timestamp + Duration{1});
    const auto until = std::chrono::ceil<std::chrono::seconds>(before) - 1s;
    return within_years(fields_.is_rhythm() ? prev_of_rhythm(until) : prev_time_of_day(until));
}

// Times of the day. A local time happens when the clock first shows it or a later one. That moment
// never goes back when the local time goes on, so what happens from a moment on are the local times
// later than all that the clock has shown before it.

CronSeries::Moment CronSeries::next_time_of_day(sys_seconds from) const {
    auto local = first_match(fields_, base::latest_shown(clock(), from - 1s) + 1s);
    while (local) {
        const auto showing = base::first_showing(clock(), *local);
        if (showing.is_exact || rule_ != DstRule::skip) return showing.time;
        local = first_match(fields_, clock().period_at(showing.time).local(showing.time));
    }
    return std::nullopt;
}

CronSeries::Moment CronSeries::prev_time_of_day(sys_seconds until) const {
    auto local = last_match(fields_, base::latest_shown(clock(), until));
    while (local) {
        const auto showing = base::first_showing(clock(), *local);
        if (showing.is_exact || rule_ != DstRule::skip) return showing.time;
        local = last_match(fields_, base::latest_shown(clock(), showing.time - 1s));
    }
    return std::nullopt;
}

// A rhythm. Within a period of the zone the clock runs evenly. Where nothing fits for long, whole
// periods are stepped over; never within two offsets of `from`, where the clock might come back to
// local times before that of `from`.

CronSeries::Moment CronSeries::next_of_rhythm(sys_seconds from) const {
    for (;;) {
        const auto period = clock().period_at(from);
        const auto local = first_match(fields_, period.local(from));
        if (!local) return std::nullopt;
        if (period.utc(*local) < period.end) return period.utc(*local);
        const bool may_jump = period.end - from > base::max_zone_change;
        const sys_seconds earliest{local->time_since_epoch() - base::max_zone_offset};
        from = may_jump ? std::max(period.end, earliest) : period.end;
    }
}

CronSeries::Moment CronSeries::prev_of_rhythm(sys_seconds until) const {
    for (;;) {
        const auto period = clock().period_at(until);
        const auto local = last_match(fields_, period.local(until));
        if (!local) return std::nullopt;
        if (period.utc(*local) >= period.begin) return period.utc(*local);
        const bool may_jump = until - period.begin > base::max_zone_change;
        const sys_seconds latest{local->time_since_epoch() + base::max_zone_offset};
        until = may_jump ? std::min(period.begin - 1s, latest) : period.begin - 1s;
    }
}

std::optional<local_seconds> CronSeries::moved_from(sys_seconds time) const {
    if (fields_.is_rhythm() || rule_ != DstRule::vixie) return std::nullopt;
    const auto period = clock().period_at(time);
    if (period.begin != time) return std::nullopt;
    return left_out_by(clock().period_at(time - 1s), period);
}

ClockMark CronSeries::mark(Timestamp moment) const {
    const auto time = std::chrono::floor<std::chrono::seconds>(moment);
    if (moved_from(time)) return ClockMark::moved;
    if (base::shows_again(clock(), time)) return ClockMark::first_of_two;
    if (base::has_shown_before(clock(), time)) return ClockMark::second_of_two;
    return ClockMark::none;
}

local_seconds CronSeries::named(Timestamp moment) const {
    const auto time = std::chrono::floor<std::chrono::seconds>(moment);
    const auto from = moved_from(time);
    return from ? *from : clock().period_at(time).local(time);
}

std::optional<local_seconds> CronSeries::left_out_by(const base::ZonePeriod& before,
                                                     const base::ZonePeriod& after) const {
    const auto begin = before.local(after.begin);
    const auto end = after.local(after.begin);
    if (begin >= end) return std::nullopt;
    const auto local = first_match(fields_, begin);
    return local && *local < end ? local : std::nullopt;
}

std::optional<LeftOut> CronSeries::left_out(Timestamp after, Timestamp until) const {
    const bool misses = fields_.is_rhythm() ? fields_.stars.hour == 0 : rule_ == DstRule::skip;
    if (!misses) return std::nullopt;
    auto before = clock().period_at(std::chrono::floor<std::chrono::seconds>(after));
    while (before.end <= until) {
        const auto period = clock().period_at(before.end);
        if (const auto local = left_out_by(before, period)) return LeftOut{period.begin, *local};
        before = period;
    }
    return std::nullopt;
}

}  // namespace errand::core
