#include "core/schedule/plan.hpp"

#include <errand/limits.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "support/zones.hpp"

#include <set>

namespace errand::core {
namespace {

using namespace std::chrono_literals;

Timestamp at(std::string_view text) {
    return parse_timestamp(text);
}

SchedulePlan plan_of(ScheduleSpec spec, const std::string& name = "test") {
    return {name, std::move(spec), test::utc()};
}

TEST(SchedulePlan, CountsIntervalsFromTheStart) {
    const auto plan = plan_of({.timing = Interval{40min}, .start = at("2026-01-01T08:10:00Z")});
    EXPECT_EQ(plan.next(at("2020-01-01T00:00:00Z")), at("2026-01-01T08:10:00Z"));
    EXPECT_EQ(plan.next(at("2026-01-01T08:10:00Z")), at("2026-01-01T08:50:00Z"));
    EXPECT_EQ(plan.next(at("2026-01-01T08:49:59.999999Z")), at("2026-01-01T08:50:00Z"));
    EXPECT_EQ(plan.prev(at("2026-01-01T08:50:00Z")), at("2026-01-01T08:10:00Z"));
    EXPECT_EQ(plan.prev(at("2026-01-01T08:50:00.000001Z")), at("2026-01-01T08:50:00Z"));
    EXPECT_EQ(plan.prev(at("2026-01-01T08:10:00Z")), std::nullopt);
}

TEST(SchedulePlan, CountsIntervalsWithoutAStartFrom1970) {
    const auto plan = plan_of({.timing = Interval{15min}});
    EXPECT_EQ(plan.next(at("2026-01-01T08:07:00Z")), at("2026-01-01T08:15:00Z"));
    EXPECT_EQ(plan.next(Timestamp::min()), min_timestamp);
    EXPECT_EQ(plan.prev(min_timestamp), std::nullopt);
    EXPECT_EQ(plan.next(max_timestamp - 1s), std::nullopt);
    EXPECT_EQ(plan.prev(Timestamp::max()), at("9999-12-31T23:45:00Z"));
}

TEST(SchedulePlan, HasOneTickForOneTime) {
    const auto plan = plan_of({.timing = OneTime{at("2026-05-01T08:00:00Z")}});
    EXPECT_EQ(plan.next(Timestamp::min()), at("2026-05-01T08:00:00Z"));
    EXPECT_EQ(plan.next(at("2026-05-01T08:00:00Z")), std::nullopt);
    EXPECT_EQ(plan.prev(Timestamp::max()), at("2026-05-01T08:00:00Z"));
    EXPECT_EQ(plan.prev(at("2026-05-01T08:00:00Z")), std::nullopt);
}

TEST(SchedulePlan, LiesBetweenStartAndEndBothIncluded) {
    const auto plan = plan_of({.timing = CronExpression::parse("@daily"),
                               .start = at("2026-01-02T00:00:00Z"),
                               .end = at("2026-01-03T00:00:00Z")});
    EXPECT_EQ(plan.next(Timestamp::min()), at("2026-01-02T00:00:00Z"));
    EXPECT_EQ(plan.next(at("2026-01-02T00:00:00Z")), at("2026-01-03T00:00:00Z"));
    EXPECT_EQ(plan.next(at("2026-01-03T00:00:00Z")), std::nullopt);
    EXPECT_EQ(plan.prev(Timestamp::max()), at("2026-01-03T00:00:00Z"));
    EXPECT_EQ(plan.prev(at("2026-01-02T00:00:00Z")), std::nullopt);
}

TEST(Jitter, FollowsFromNameAndTick) {
    const ScheduleSpec spec{.timing = CronExpression::parse("@hourly"), .jitter = 10min};
    const auto plan = plan_of(spec, "report");
    const auto tick = at("2026-01-01T08:00:00Z");
    EXPECT_EQ(plan.fire_at(tick), plan_of(spec, "report").fire_at(tick));
    // Stored schedules rely on these very values.
    EXPECT_EQ(format_timestamp(plan.fire_at(tick)), "2026-01-01T08:06:46.660000Z");
    EXPECT_EQ(format_timestamp(plan_of(spec, "report2").fire_at(tick)),
              "2026-01-01T08:06:01.966000Z");
}

TEST(Jitter, SpreadsEvenly) {
    const ScheduleSpec spec{.timing = CronExpression::parse("@hourly"), .jitter = 10min};
    const auto tick = at("2026-01-01T08:00:00Z");
    std::array<int, 10> per_minute{};
    for (int i = 0; i < 5'000; ++i) {
        const auto offset = plan_of(spec, "schedule " + std::to_string(i)).fire_at(tick) - tick;
        ASSERT_GE(offset, 0s);
        ASSERT_LE(offset, 10min);
        ++per_minute[std::min<std::size_t>(9, offset / 1min)];
    }
    for (const int count : per_minute) {
        EXPECT_GT(count, 400);
        EXPECT_LT(count, 600);
    }
}

TEST(Jitter, StaysBeforeTheNextTick) {
    for (const auto& timing :
         {ScheduleTiming{Interval{1s}}, ScheduleTiming{CronExpression::parse("0,1 * * * *")}}) {
        const auto plan = plan_of({.timing = timing, .jitter = 24h});
        auto tick = plan.next(at("2026-01-01T00:00:00Z")).value();
        std::set<Duration> offsets;
        for (int i = 0; i < 200; ++i) {
            const auto next = plan.next(tick).value();
            EXPECT_GE(plan.fire_at(tick), tick);
            EXPECT_LT(plan.fire_at(tick), next);
            offsets.insert(plan.fire_at(tick) - tick);
            tick = next;
        }
        EXPECT_GT(offsets.size(), 50U);
    }
}

TEST(NewestDue, WaitsForTheJitter) {
    const auto plan = plan_of({.timing = CronExpression::parse("@hourly"), .jitter = 10min});
    const auto tick = at("2026-01-01T08:00:00Z");
    EXPECT_EQ(plan.newest_due(plan.fire_at(tick)), tick);
    EXPECT_EQ(plan.newest_due(plan.fire_at(tick) - 1us), tick - 1h);
    EXPECT_EQ(plan.newest_due(tick + 59min), tick);
}

TEST(Exclusions, GoByTheDateThatTheZoneShows) {
    const DateRange day{2026y / 7 / 1, 2026y / 7 / 1};
    const Exclusions exclusions{{day}, test::berlin()};
    EXPECT_FALSE(exclusions.hold(at("2026-06-30T21:59:59.999999Z")));
    EXPECT_TRUE(exclusions.hold(at("2026-06-30T22:00:00Z")));
    EXPECT_TRUE(exclusions.hold(at("2026-07-01T21:59:59.999999Z")));
    EXPECT_FALSE(exclusions.hold(at("2026-07-01T22:00:00Z")));
}

// Whatever is stepped over is excluded: asked of each quarter of an hour.
RC_GTEST_PROP(Exclusions, StepOverNothingElse, ()) {
    const auto change = std::chrono::sys_days{2026y / 3 / 14};
    const auto zone = *rc::gen::element(
        test::utc(), test::berlin(), test::zone_of("EET-2EEST,M3.3.6/24,M10.5.0/0"),
        test::zone_of(-10h, {{change, 14h}, {change + 48h, -10h}}),
        test::zone_of(1h, {{change, 4h}, {change + 3h, -2h}, {change + 90h, 3h}}));
    const auto first = std::chrono::sys_days{2026y / 3 / *rc::gen::inRange(10, 20)};
    const auto last = first + std::chrono::days{*rc::gen::inRange(2, 7)};
    const Exclusions exclusions{{{first, last}}, zone};
    // Small sizes begin near the middle of the second day, so that few begins are outside.
    const auto away = 15min * *rc::gen::inRange(0, 4 * 24 * 4);
    const Timestamp begin = first + 36h + (*rc::gen::arbitrary<bool>() ? away : -away);
    RC_PRE(exclusions.hold(begin));
    const auto ahead = exclusions.skip_ahead(begin);
    const auto back = exclusions.skip_back(begin);
    RC_ASSERT(ahead >= begin);
    RC_ASSERT(back <= begin);
    for (auto time = begin; time <= ahead; time += 15min)
        RC_ASSERT(exclusions.hold(time));
    for (auto time = begin; time >= back; time -= 15min)
        RC_ASSERT(exclusions.hold(time));
}

}  // namespace
}  // namespace errand::core
