#include "simulation/oracle/bounds.hpp"
#include "simulation/oracle/breaker_rule.hpp"
#include "simulation/oracle/hours.hpp"
#include "simulation/oracle/places.hpp"
#include "simulation/oracle/ticks.hpp"
#include "simulation/order_check.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

// The rules that the oracle judges by: each lets what is right pass and notices what is not.

namespace errand::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t second = 1'000'000;

TEST(OracleRulesTest, AWindowCountsInEverySpanWithBothItsEnds) {
    const Rate rate{Rate::Kind::window, 2, 1s};
    RateCount at_the_edge;
    EXPECT_TRUE(at_the_edge.take(rate, 0, 1));
    EXPECT_TRUE(at_the_edge.take(rate, second / 2, 1));
    EXPECT_FALSE(at_the_edge.take(rate, second, 1));
    RateCount behind_it;
    EXPECT_TRUE(behind_it.take(rate, 0, 2));
    EXPECT_EQ(behind_it.left(rate, second), 0U);
    EXPECT_EQ(behind_it.left(rate, second + 1), 2U);
    EXPECT_TRUE(behind_it.take(rate, second + 1, 2));
}

TEST(OracleRulesTest, ABucketGivesItsBurstAndWhatFlowsIn) {
    const Rate rate{Rate::Kind::bucket, 1, 1s, 2};
    RateCount count;
    EXPECT_TRUE(count.take(rate, 0, 2));
    EXPECT_EQ(count.left(rate, second - 1), 0U);
    EXPECT_TRUE(count.take(rate, second, 1));
    EXPECT_FALSE(count.take(rate, 2 * second - 1, 1));
}

TEST(OracleRulesTest, LeasesOfAScopeAreCounted) {
    NewJob job;
    job.type = "t";
    Bounds bounds;
    bounds.set({Scope::type("t"), 1}, 0, {});
    EXPECT_TRUE(bounds.begin(job, 0, {}, {}).wrong.empty());
    EXPECT_FALSE(bounds.room_since(job, {}));
    EXPECT_FALSE(bounds.begin(job, 0, {}, {}).wrong.empty());
    bounds.end(job, {});
    bounds.end(job, {});
    EXPECT_TRUE(bounds.room_since(job, Timestamp{1h}));
}

TEST(OracleRulesTest, ABreakerOpensIsTriedAndCloses) {
    using enum BreakerRule::Standing;
    const auto at = [](int seconds) { return Timestamp{std::chrono::seconds{seconds}}; };
    BreakerRule rule;
    rule.set(Breaker{2, 10s});
    EXPECT_EQ(rule.learn(TargetHealth::bad, at(0), at(1)), closed);
    EXPECT_EQ(rule.learn(TargetHealth::bad, at(0), at(2)), open);
    EXPECT_EQ(rule.learn(TargetHealth::good, at(1), at(3)), open) << "began before it opened";
    EXPECT_EQ(rule.standing(at(12)), half_open);
    EXPECT_EQ(rule.learn(TargetHealth::bad, at(12), at(13)), open) << "one failure is enough now";
    EXPECT_EQ(rule.learn(TargetHealth::good, at(23), at(24)), closed);
    EXPECT_EQ(rule.learn(TargetHealth::bad, at(25), at(26)), closed) << "counted anew";
    EXPECT_EQ(rule.learn(TargetHealth::bad, at(25), at(27)), open);
    rule.clock_went_back();
    EXPECT_EQ(rule.standing(at(28)), unknown);
    rule.set({});
    EXPECT_EQ(rule.standing(at(28)), closed);
}

TEST(OracleRulesTest, OnlyOneTriesWhenABreakerIsHalfOpenAndNobodyWhileItIsOpen) {
    NewJob job;
    job.type = "t";
    Limit limit{Scope::type("t")};
    limit.breaker = Breaker{1, 10s};
    Bounds bounds;
    bounds.set(limit, 0, {});
    Settlement failed;
    failed.target = TargetHealth::bad;
    EXPECT_TRUE(bounds.begin(job, 0, {}, Timestamp{1s}).wrong.empty());
    EXPECT_TRUE(bounds.learn(job, failed, Timestamp{1s}, Timestamp{2s}).opened);
    bounds.end(job, {});
    EXPECT_FALSE(bounds.begin(job, 0, {}, Timestamp{11s}).wrong.empty()) << "too early";
    bounds.end(job, {});
    EXPECT_TRUE(bounds.begin(job, 0, {}, Timestamp{12s}).wrong.empty());
    EXPECT_FALSE(bounds.begin(job, 0, {}, Timestamp{12s}).wrong.empty()) << "a second one";
}

TEST(OracleRulesTest, AWindowIsReadByTheClocksOfItsZone) {
    const auto utc = [](std::string_view text) { return parse_timestamp(text); };
    const auto day = TimeWindow::parse("sun 01:30-02:30 Europe/Berlin");
    EXPECT_TRUE(is_inside(day, utc("2026-03-01T00:30:00Z")));
    EXPECT_FALSE(is_inside(day, utc("2026-03-01T01:30:00Z")));
    EXPECT_FALSE(is_inside(day, utc("2026-03-02T00:30:00Z"))) << "a Monday";
    EXPECT_TRUE(is_inside(day, utc("2026-03-29T00:59:59Z")));
    EXPECT_FALSE(is_inside(day, utc("2026-03-29T01:00:00Z"))) << "03:00 there";
    const auto night = TimeWindow::parse("sat 22:00-06:00");
    EXPECT_TRUE(is_inside(night, utc("2026-03-01T05:59:59Z"))) << "it began on Saturday";
    EXPECT_FALSE(is_inside(night, utc("2026-03-01T22:00:00Z")));
}

Standing enter(Places& places, std::string key, std::int32_t priority, Duration due) {
    NewJob job;
    job.queue = "q";
    job.key = std::move(key);
    job.priority = priority;
    return places.enter(job, Timestamp{due});
}

TEST(OracleRulesTest, AgingIsWorthSoMuchPerStepOfPriority) {
    Places places;
    QueueSettings settings;
    settings.aging = 10s;
    places.set("q", settings, {});
    const auto low = enter(places, "", 0, 100s);
    EXPECT_TRUE(goes_before(enter(places, "", 1, 109s), low));
    EXPECT_TRUE(goes_before(low, enter(places, "", 1, 111s)));
}

TEST(OracleRulesTest, AStackServesTheNewestAndSharesFollowWeights) {
    Places places;
    QueueSettings settings;
    settings.order = QueueOrder::lifo;
    places.set("q", settings, {});
    const auto first = enter(places, "", 0, 100s);
    EXPECT_TRUE(goes_before(enter(places, "", 0, 200s), first));

    settings.order = QueueOrder::fair;
    settings.key_weights = {{"two", 2}};
    places.set("q", settings, {});
    static_cast<void>(enter(places, "one", 0, 0s));
    static_cast<void>(enter(places, "two", 0, 0s));
    const auto second_of_one = enter(places, "one", 0, 0s);
    EXPECT_TRUE(goes_before(enter(places, "two", 0, 0s), second_of_one));
}

TEST(OracleRulesTest, SharesMayBeOffByATenthAndTwoJobs) {
    std::vector<std::string> right;
    std::vector<std::string> equal;
    for (int i = 0; i < 8; ++i) {
        for (const auto* const key : {"y", "y", "x", "y", "y"})
            right.emplace_back(key);
        for (const auto* const key : {"x", "y"})
            equal.emplace_back(key);
    }
    EXPECT_EQ(wrong_share(right, {{"x", 1}, {"y", 4}}, 100), "");
    EXPECT_NE(wrong_share(equal, {{"x", 1}, {"y", 4}}, 100), "");
}

/// Ticks every second, and all up to 10 s are dealt with.
Schedule every_second(MisfirePolicy misfire) {
    Schedule schedule;
    schedule.definition.spec.timing = Interval{1s};
    schedule.definition.spec.misfire = misfire;
    schedule.definition.spec.misfire_after = 2s;
    schedule.last_tick = Timestamp{10s};
    return schedule;
}

FireRequest firing(std::vector<Timestamp> ticks, std::vector<SkippedTicks> skipped) {
    FireRequest request;
    request.after = Timestamp{10s};
    request.last_tick = Timestamp{12s};
    for (const auto tick : ticks)
        request.ticks.push_back({tick, {}});
    request.skipped = std::move(skipped);
    return request;
}

TEST(OracleRulesTest, EachTickIsFiredOnceOrSkippedAsThePolicySays) {
    const Timestamp t11{11s};
    const Timestamp t12{12s};
    auto schedule = every_second(MisfirePolicy::skip);
    EXPECT_EQ(wrong_firing(schedule, firing({t11, t12}, {}), t12), "");
    EXPECT_NE(wrong_firing(schedule, firing({t12}, {}), t12), "") << "11 s is lost";
    const SkippedTicks missed{t11, t11, 1, true, SkipReason::missed};
    EXPECT_NE(wrong_firing(schedule, firing({t12}, {missed}), t12), "") << "not late enough";
    EXPECT_EQ(wrong_firing(schedule, firing({t12}, {missed}), Timestamp{14s}), "");
    EXPECT_NE(
        wrong_firing(every_second(MisfirePolicy::all), firing({t12}, {missed}), Timestamp{14s}), "")
        << "another policy";
    EXPECT_NE(wrong_firing(schedule, firing({t11, t12}, {}), t11), "") << "before its time";
    schedule.made.insert(t11);
    EXPECT_NE(wrong_firing(schedule, firing({t11, t12}, {}), t12), "") << "11 s made a job before";
}

TEST(OracleRulesTest, TicksOnExcludedDatesAreSkippedAndNoOthersForThat) {
    using namespace std::chrono;
    const Timestamp t11{11s};
    const Timestamp t12{12s};
    const SkippedTicks excluded{t11, t11, 1, true, SkipReason::excluded};
    const SkippedTicks superseded{t11, t11, 1, true, SkipReason::superseded};
    auto schedule = every_second(MisfirePolicy::latest);
    EXPECT_NE(wrong_firing(schedule, firing({t12}, {excluded}), t12), "") << "no date is excluded";
    // In Tokyo it is 9 o'clock on that day.
    schedule.definition.spec.timezone = "Asia/Tokyo";
    schedule.definition.spec.exclusions = {{year{1970} / 1 / 1, year{1970} / 1 / 1}};
    EXPECT_NE(wrong_firing(schedule, firing({t12}, {excluded}), t12), "") << "12 s is excluded too";
    schedule.definition.spec.exclusions = {{year{1969} / 12 / 30, year{1969} / 12 / 31}};
    EXPECT_NE(wrong_firing(schedule, firing({t12}, {excluded}), t12), "") << "the day before";
    schedule.definition.spec.exclusions = {{year{1970} / 1 / 1, year{1970} / 1 / 2}};
    const SkippedTicks both{t11, t12, 2, true, SkipReason::excluded};
    EXPECT_EQ(wrong_firing(schedule, firing({}, {both}), t12), "");
    EXPECT_NE(wrong_firing(schedule, firing({t12}, {superseded}), t12), "");
}

TEST(OracleRulesTest, TheClocksOfBerlinArePutForwardAndBack) {
    using namespace std::chrono;
    const auto shown = [](sys_days day, hours hour) {
        return shown_in("Europe/Berlin", day + hour);
    };
    const sys_days spring{year{2026} / 3 / 29};
    const sys_days autumn{year{2026} / 10 / 25};
    EXPECT_EQ(shown(spring, 0h), Timestamp{spring + 1h});
    EXPECT_EQ(shown(spring, 1h), Timestamp{spring + 3h});
    EXPECT_EQ(shown(autumn, 0h), Timestamp{autumn + 2h});
    EXPECT_EQ(shown(autumn, 1h), Timestamp{autumn + 2h});
    EXPECT_TRUE(is_put_back_soon("Europe/Berlin", Timestamp{autumn}));
    EXPECT_FALSE(is_put_back_soon("Europe/Berlin", Timestamp{spring}));
    EXPECT_FALSE(is_put_back_soon("UTC", Timestamp{autumn}));
}

TEST(OracleRulesTest, TicksOfACronExpressionAreSecondsThatItNames) {
    Schedule schedule;
    schedule.definition.spec.timing = CronExpression::parse("1,50 * * * * *");
    EXPECT_EQ(schedule.next(Timestamp{1s}), Timestamp{50s});
    EXPECT_EQ(schedule.next(Timestamp{50s}), Timestamp{61s});
    EXPECT_EQ(schedule.fire_at(Timestamp{50s}), Timestamp{50s});
}

TEST(OracleRulesTest, NothingFiresBeforeItsJitterIsOver) {
    auto schedule = every_second(MisfirePolicy::all);
    schedule.definition.name = "s";
    schedule.definition.spec.jitter = 900ms;
    const Timestamp t11{11s};
    const Timestamp t12{12s};
    ASSERT_GT(schedule.fire_at(t12), t12);
    EXPECT_NE(wrong_firing(schedule, firing({t11, t12}, {}), t12), "");
    EXPECT_EQ(wrong_firing(schedule, firing({t11, t12}, {}), schedule.fire_at(t12)), "");
}

}  // namespace
}  // namespace errand::sim
