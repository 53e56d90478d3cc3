#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/cron/series.hpp"
#include "support/zones.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <set>

namespace errand::core {
namespace {

using namespace std::chrono_literals;
using std::chrono::sys_seconds;

/// One field as numbers, and the text that was made from them.
struct Field {
    std::set<unsigned> values;
    bool has_star = false;
    std::string text;

    [[nodiscard]] bool has(unsigned value) const { return values.contains(value); }
};

Field any_field(unsigned least, unsigned most) {
    Field field;
    const auto value = [&] { return *rc::gen::inRange<unsigned>(least, most + 1); };
    const auto add = [&](unsigned first, unsigned last, unsigned step) {
        for (auto n = first; n <= last; n += step)
            field.values.insert(n);
    };
    const auto items = *rc::gen::inRange(1, 4);
    for (int i = 0; i < items; ++i) {
        if (i > 0) field.text += ",";
        const auto kind = *rc::gen::inRange(0, 5);
        const auto step = *rc::gen::inRange(1U, most - least + 2);
        const auto a = value();
        const auto b = value();
        if (kind == 0) {
            add(least, most, 1);
            field.text += "*";
        } else if (kind == 1) {
            add(least, most, step);
            field.text += fmt::format("*/{}", step);
        } else if (kind == 2) {
            add(std::min(a, b), std::max(a, b), step);
            field.text += fmt::format("{}-{}/{}", std::min(a, b), std::max(a, b), step);
        } else if (kind == 3) {
            add(a, most, step);
            field.text += fmt::format("{}/{}", a, step);
        } else {
            add(a, a, 1);
            field.text += fmt::format("{}", a);
        }
        if (i == 0) field.has_star = kind < 2;
    }
    return field;
}

/// Five fields with minutes, read in the plainest way there is.
struct Expression {
    Field minute, hour, day, month, weekday;

    [[nodiscard]] std::string text() const {
        return fmt::format("{} {} {} {} {}", minute.text, hour.text, day.text, month.text,
                           weekday.text);
    }
    [[nodiscard]] bool is_rhythm() const { return minute.has_star || hour.has_star; }
    [[nodiscard]] bool fits(std::chrono::local_days today) const {
        const std::chrono::year_month_day date{today};
        const bool day_fits = day.has(static_cast<unsigned>(date.day()));
        const bool weekday_fits = weekday.has(std::chrono::weekday{today}.c_encoding());
        const bool either = !day.has_star && !weekday.has_star;
        return month.has(static_cast<unsigned>(date.month())) &&
               (either ? day_fits || weekday_fits : day_fits && weekday_fits);
    }
    [[nodiscard]] bool fits(std::chrono::local_seconds time) const {
        const auto today = std::chrono::floor<std::chrono::days>(time);
        const std::chrono::hh_mm_ss clock{time - today};
        return minute.has(static_cast<unsigned>(clock.minutes().count())) &&
               hour.has(static_cast<unsigned>(clock.hours().count())) && fits(today);
    }
    /// Weekdays and leap years come round every 28 years between 1901 and 2099.
    [[nodiscard]] bool ever_fits() const {
        const auto begin = std::chrono::local_days{2000y / 1 / 1};
        for (auto day = begin; day < std::chrono::local_days{2028y / 1 / 1};
             day += std::chrono::days{1}) {
            if (fits(day)) return true;
        }
        return false;
    }
};

Expression any_expression() {
    return {any_field(0, 59), any_field(0, 23), any_field(1, 31), any_field(1, 12),
            any_field(0, 6)};
}

CronExpression parsed(const Expression& expression) {
    if (expression.ever_fits()) return CronExpression::parse(expression.text());
    RC_ASSERT_THROWS_AS((void)CronExpression::parse(expression.text()), Error);
    RC_DISCARD("never fits");
}

/// Walks every minute from `from` on: by the clock in the ordinary way, and for times of the day by
/// asking of each whether it is new.
std::optional<sys_seconds> walked(const Expression& expression, const base::TimeZone& zone,
                                  DstRule rule, sys_seconds from, sys_seconds until) {
    auto latest = zone.period_at(from - 48h).local(from - 48h);
    for (auto time = from - 48h + 1min; time < until; time += 1min) {
        const auto shown = zone.period_at(time).local(time);
        bool happens = false;
        if (expression.is_rhythm()) {
            happens = expression.fits(shown);
        } else {
            for (auto passed = latest + 1min; passed <= shown; passed += 1min) {
                const bool counts = passed == shown || rule == DstRule::vixie;
                happens = happens || (counts && expression.fits(passed));
            }
        }
        latest = std::max(latest, shown);
        if (happens && time >= from) return time;
    }
    return std::nullopt;
}

test::ZonePointer any_zone() {
    const auto day = std::chrono::sys_days{2026y / 3 / 14};
    return *rc::gen::element(test::utc(), test::berlin(), test::new_york(), test::lord_howe(),
                             test::zone_of("IST-1GMT0,M10.5.0,M3.5.0/1"),
                             test::zone_of("<-02>2<-01>,M3.5.0/-1,M10.5.0"),
                             test::zone_of("EET-2EEST,M3.5.0/0,M10.5.0/0"),
                             test::zone_of(8h, {{day + 3h, 11h}, {day + 240h, 8h}}),
                             test::zone_of(-10h, {{day, 14h}, {day + 90h, -10h}}),
                             // The clock goes forward, soon back beyond that, and forward again.
                             test::zone_of(1h, {{day, 4h}, {day + 1h, 30min}, {day + 5h, 2h}}));
}

/// In 2026, often within hours of a change of the zone.
sys_seconds any_minute(const base::TimeZone& zone) {
    const sys_seconds begin = std::chrono::sys_days{2026y / 1 / 1};
    const auto anywhere = begin + std::chrono::minutes{*rc::gen::inRange(0, 365 * 1440)};
    if (*rc::gen::inRange(0, 4) == 0) return anywhere;
    const auto change = zone.period_at(anywhere).end;
    const auto near = change + std::chrono::minutes{*rc::gen::inRange(-100, 100)};
    return change < std::chrono::sys_days{2028y / 1 / 1} ? near : anywhere;
}

RC_GTEST_PROP(CronProperty, NextIsWhatAWalkOverEveryMinuteFinds, ()) {
    const auto expression = any_expression();
    const auto zone = any_zone();
    const auto rule = *rc::gen::element(DstRule::vixie, DstRule::skip);
    const auto from = any_minute(*zone);
    RC_LOG() << expression.text() << " from " << format_timestamp(from) << "\n";
    const CronSeries series{parsed(expression), zone, rule};
    const auto until = from + std::chrono::days{40};
    auto found = series.next(from - 1s);
    if (found && *found >= until) found.reset();
    RC_ASSERT(found == walked(expression, *zone, rule, from, until));
}

RC_GTEST_PROP(CronProperty, PrevAndNextAreInverse, ()) {
    const auto expression = any_expression();
    const auto zone = any_zone();
    const auto rule = *rc::gen::element(DstRule::vixie, DstRule::skip, DstRule::utc);
    const CronSeries series{parsed(expression), zone, rule};
    auto at = series.next(any_minute(*zone));
    for (int count = 0; count < 20 && at; ++count) {
        const auto next = series.next(*at);
        if (!next) break;
        RC_ASSERT(*next > *at);
        RC_ASSERT(series.prev(*next) == at);
        RC_ASSERT(series.next(*next - Duration{1}) == next);
        at = next;
    }
}

RC_GTEST_PROP(CronProperty, TheCanonicalTextMeansTheSame, ()) {
    const auto expression = parsed(any_expression());
    RC_ASSERT(CronExpression::parse(to_string(expression)) == expression);
}

}  // namespace
}  // namespace errand::core
