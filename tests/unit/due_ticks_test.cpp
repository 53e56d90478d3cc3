#include "core/schedule/due_ticks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "support/zones.hpp"

#include <fmt/format.h>

#include <map>

namespace errand::core {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Texts = std::vector<std::string>;

Timestamp at(std::string_view text) {
    return parse_timestamp(text);
}

/// Time of day; all of these tests happen on 2026-01-01.
Timestamp clock(std::string_view text) {
    return at(fmt::format("2026-01-01T{}Z", text));
}

std::string shown(Timestamp time) {
    return format_timestamp(time).substr(11, 8);
}

Texts fired(const DueTicks& due) {
    Texts texts;
    for (const auto& [tick, fire_at] : due.fire)
        texts.push_back(shown(tick));
    return texts;
}

Texts skipped(const DueTicks& due) {
    Texts texts;
    for (const auto& some : due.skipped) {
        texts.push_back(fmt::format("{} {}-{} {}{}", to_string(some.reason), shown(some.first),
                                    shown(some.last), some.count, some.is_counted ? "" : "+"));
    }
    return texts;
}

SchedulePlan every(Duration length, MisfirePolicy misfire) {
    return {"test",
            {.timing = Interval{length},
             .misfire = misfire,
             .misfire_after = 1min,
             .catchup_window = 1h},
            test::utc()};
}

constexpr std::size_t many = 1'000;

TEST(DueTicks, AreNoneBeforeTheNextOne) {
    const auto due =
        due_ticks(every(10min, MisfirePolicy::all), clock("08:00:00"), clock("08:09:59"), many);
    EXPECT_THAT(due.fire, IsEmpty());
    EXPECT_THAT(due.skipped, IsEmpty());
    EXPECT_EQ(due.last_tick, clock("08:00:00"));
    EXPECT_EQ(due.next_at, clock("08:10:00"));
}

TEST(DueTicks, FireOnTimeUnderEveryPolicy) {
    for (const auto policy : {MisfirePolicy::skip, MisfirePolicy::latest, MisfirePolicy::all}) {
        const auto plan = every(10min, policy);
        const auto due = due_ticks(plan, clock("08:00:00"), clock("08:10:00"), many);
        EXPECT_THAT(fired(due), ElementsAre("08:10:00"));
        EXPECT_THAT(due.skipped, IsEmpty());
        EXPECT_EQ(due.last_tick, clock("08:10:00"));
        EXPECT_EQ(due.next_at, clock("08:20:00"));
        EXPECT_THAT(fired(due_ticks(plan, clock("08:00:00"), clock("08:11:00"), many)),
                    ElementsAre("08:10:00"));
        // Twenty seconds late with a tick every ten: all of them are still on time.
        EXPECT_THAT(
            fired(due_ticks(every(10s, policy), clock("08:00:00"), clock("08:00:30"), many)),
            ElementsAre("08:00:10", "08:00:20", "08:00:30"));
    }
}

TEST(DueTicks, ThatWereMissedFollowThePolicy) {
    const auto due_at = [](MisfirePolicy policy, std::string_view now) {
        return due_ticks(every(10min, policy), clock("08:00:00"), clock(now), many);
    };
    const auto skip = due_at(MisfirePolicy::skip, "08:35:00");
    EXPECT_THAT(skip.fire, IsEmpty());
    EXPECT_THAT(skipped(skip), ElementsAre("missed 08:10:00-08:30:00 3"));
    EXPECT_EQ(skip.last_tick, clock("08:30:00"));
    EXPECT_EQ(skip.next_at, clock("08:40:00"));

    const auto latest = due_at(MisfirePolicy::latest, "08:35:00");
    EXPECT_THAT(fired(latest), ElementsAre("08:30:00"));
    EXPECT_THAT(skipped(latest), ElementsAre("superseded 08:10:00-08:20:00 2"));

    const auto all = due_at(MisfirePolicy::all, "08:35:00");
    EXPECT_THAT(fired(all), ElementsAre("08:10:00", "08:20:00", "08:30:00"));
    EXPECT_THAT(all.skipped, IsEmpty());
}

TEST(DueTicks, ThatWereMissedAreSupersededByOneOnTime) {
    const auto due =
        due_ticks(every(10min, MisfirePolicy::latest), clock("08:00:00"), clock("08:30:30"), many);
    EXPECT_THAT(fired(due), ElementsAre("08:30:00"));
    EXPECT_THAT(skipped(due), ElementsAre("superseded 08:10:00-08:20:00 2"));
    const auto skip =
        due_ticks(every(10min, MisfirePolicy::skip), clock("08:00:00"), clock("08:30:30"), many);
    EXPECT_THAT(fired(skip), ElementsAre("08:30:00"));
    EXPECT_THAT(skipped(skip), ElementsAre("missed 08:10:00-08:20:00 2"));
}

TEST(DueTicks, OutsideTheCatchupWindowDoNotFire) {
    const auto all =
        due_ticks(every(30min, MisfirePolicy::all), clock("08:00:00"), clock("11:05:00"), many);
    EXPECT_THAT(fired(all), ElementsAre("10:30:00", "11:00:00"));
    EXPECT_THAT(skipped(all), ElementsAre("too_late 08:30:00-10:00:00 4"));
    const auto latest =
        due_ticks(every(3h, MisfirePolicy::latest), clock("06:00:00"), clock("10:30:00"), many);
    EXPECT_THAT(latest.fire, IsEmpty());
    EXPECT_THAT(skipped(latest), ElementsAre("too_late 09:00:00-09:00:00 1"));
    EXPECT_EQ(latest.last_tick, clock("09:00:00"));
}

TEST(DueTicks, OnExcludedDatesDoNotFire) {
    const DateRange days{2026y / 1 / 2, 2026y / 1 / 3};
    const auto plan_with = [&](MisfirePolicy policy) {
        return SchedulePlan{"test",
                            {.timing = CronExpression::parse("0 12 * * *"),
                             .exclusions = {days},
                             .misfire = policy},
                            test::utc()};
    };
    const auto begin = at("2026-01-01T00:00:00Z");
    const auto all =
        due_ticks(plan_with(MisfirePolicy::all), begin, at("2026-01-05T00:00:00Z"), many);
    EXPECT_THAT(fired(all).size(), 2U);
    ASSERT_EQ(all.skipped.size(), 1U);
    EXPECT_EQ(all.skipped[0].reason, SkipReason::excluded);
    EXPECT_EQ(all.skipped[0].count, 2U);
    EXPECT_EQ(all.skipped[0].first, at("2026-01-02T12:00:00Z"));

    // The last one that may fire lies before the excluded ones.
    const auto latest =
        due_ticks(plan_with(MisfirePolicy::latest), begin, at("2026-01-04T00:00:00Z"), many);
    ASSERT_EQ(latest.fire.size(), 1U);
    EXPECT_EQ(latest.fire[0].tick, at("2026-01-01T12:00:00Z"));
    EXPECT_EQ(latest.last_tick, at("2026-01-03T12:00:00Z"));
    const auto none = due_ticks(plan_with(MisfirePolicy::latest), at("2026-01-01T12:00:00Z"),
                                at("2026-01-04T00:00:00Z"), many);
    EXPECT_THAT(none.fire, IsEmpty());
    EXPECT_EQ(none.skipped.at(0).count, 2U);
}

TEST(DueTicks, ComeInBatches) {
    const auto plan = every(10min, MisfirePolicy::all);
    auto due = due_ticks(plan, clock("08:00:00"), clock("08:55:00"), 2);
    EXPECT_THAT(fired(due), ElementsAre("08:10:00", "08:20:00"));
    EXPECT_EQ(due.next_at, clock("08:55:00"));
    due = due_ticks(plan, due.last_tick, clock("08:55:00"), 2);
    EXPECT_THAT(fired(due), ElementsAre("08:30:00", "08:40:00"));
    due = due_ticks(plan, due.last_tick, clock("08:55:00"), 2);
    EXPECT_THAT(fired(due), ElementsAre("08:50:00"));
    EXPECT_EQ(due.next_at, clock("09:00:00"));
}

TEST(DueTicks, ThatAPolicyDropsArePassedOverAtOnce) {
    for (const auto policy : {MisfirePolicy::skip, MisfirePolicy::latest, MisfirePolicy::all}) {
        const auto due =
            due_ticks(every(1s, policy), at("1990-01-01T00:00:00Z"), clock("08:00:00"), 5);
        ASSERT_EQ(due.skipped.size(), 1U);
        EXPECT_FALSE(due.skipped[0].is_counted);
        EXPECT_EQ(due.skipped[0].count, 5U);
        EXPECT_EQ(due.skipped[0].first, at("1990-01-01T00:00:01Z"));
        EXPECT_EQ(due.last_tick, due.skipped[0].last);
        EXPECT_EQ(due.last_tick,
                  policy == MisfirePolicy::all ? clock("06:59:59") : clock("07:58:59"));
        EXPECT_EQ(due.next_at, clock("08:00:00"));
    }
}

TEST(DueTicks, EndWithTheSchedule) {
    const SchedulePlan plan{"test", {.timing = OneTime{clock("08:00:00")}}, test::utc()};
    const auto before = due_ticks(plan, clock("07:00:00"), clock("07:30:00"), many);
    EXPECT_EQ(before.next_at, clock("08:00:00"));
    const auto due = due_ticks(plan, before.last_tick, clock("08:00:00"), many);
    EXPECT_THAT(fired(due), ElementsAre("08:00:00"));
    EXPECT_EQ(due.next_at, std::nullopt);
    EXPECT_THAT(due_ticks(plan, due.last_tick, clock("09:00:00"), many).fire, IsEmpty());
}

TEST(DueTicks, WaitForTheirJitter) {
    const SchedulePlan plan{
        "test",
        {.timing = Interval{10min}, .jitter = 5min, .misfire = MisfirePolicy::all},
        test::utc()};
    const auto fires = plan.fire_at(clock("08:10:00"));
    ASSERT_GT(fires, clock("08:10:00"));
    const auto before = due_ticks(plan, clock("08:00:00"), fires - 1us, many);
    EXPECT_THAT(before.fire, IsEmpty());
    EXPECT_EQ(before.next_at, fires);
    const auto due = due_ticks(plan, clock("08:00:00"), fires, many);
    ASSERT_EQ(due.fire.size(), 1U);
    EXPECT_EQ(due.fire[0].fire_at, fires);
}

/// Judges every tick by itself, from the words of the policies.
std::map<Timestamp, std::string> judged(const SchedulePlan& plan, Timestamp last_tick,
                                        Timestamp now) {
    std::vector<Timestamp> ticks;
    for (auto tick = plan.next(last_tick); tick && plan.fire_at(*tick) <= now;
         tick = plan.next(*tick))
        ticks.push_back(*tick);
    std::optional<Timestamp> last_allowed;
    bool one_is_on_time = false;
    const auto& spec = plan.spec();
    for (const auto tick : ticks) {
        if (plan.exclusions().hold(tick)) continue;
        last_allowed = tick;
        one_is_on_time = one_is_on_time || now - plan.fire_at(tick) <= spec.misfire_after;
    }
    std::map<Timestamp, std::string> verdicts;
    for (const auto tick : ticks) {
        const auto late = now - plan.fire_at(tick);
        const bool is_too_late = late > std::max(spec.catchup_window, spec.misfire_after);
        std::string verdict = "fires";
        if (plan.exclusions().hold(tick)) {
            verdict = "excluded";
        } else if (late > spec.misfire_after) {
            if (spec.misfire == MisfirePolicy::skip) verdict = "missed";
            if (spec.misfire == MisfirePolicy::all && is_too_late) verdict = "too_late";
            if (spec.misfire == MisfirePolicy::latest) {
                if (one_is_on_time || (tick != last_allowed &&
                                       now - plan.fire_at(*last_allowed) <= spec.catchup_window)) {
                    verdict = "superseded";
                } else if (is_too_late || tick != last_allowed) {
                    verdict = "too_late";
                }
            }
        }
        verdicts[tick] = verdict;
    }
    return verdicts;
}

RC_GTEST_PROP(DueTicks, AreJudgedOneByOne, ()) {
    ScheduleSpec spec{.timing = Interval{std::chrono::minutes{*rc::gen::inRange(7, 600)}}};
    if (*rc::gen::arbitrary<bool>()) spec.timing = CronExpression::parse("*/20 8-16 * * 1-5");
    const auto first = std::chrono::sys_days{2026y / 3 / *rc::gen::inRange(25, 31)};
    spec.exclusions = {{first, first + std::chrono::days{*rc::gen::inRange(0, 3)}}};
    spec.misfire =
        *rc::gen::element(MisfirePolicy::skip, MisfirePolicy::latest, MisfirePolicy::all);
    spec.jitter = std::chrono::minutes{*rc::gen::element(0, 5, 300)};
    spec.misfire_after = std::chrono::minutes{*rc::gen::element(0, 1, 30, 300)};
    spec.catchup_window = std::chrono::minutes{*rc::gen::element(600, 1'440, 4'000)};
    const SchedulePlan plan{"test", spec, test::berlin()};
    const Timestamp last =
        std::chrono::sys_days{2026y / 3 / 25} + std::chrono::minutes{*rc::gen::inRange(0, 4'000)};
    const Timestamp now = last + std::chrono::minutes{*rc::gen::inRange(0, 8'000)};

    std::map<Timestamp, std::string> found;
    const auto due = due_ticks(plan, last, now, 100'000);
    for (const auto& [tick, fire_at] : due.fire)
        found[tick] = "fires";
    for (const auto& some : due.skipped) {
        std::uint64_t count = 0;
        for (auto tick = std::optional{some.first}; tick && *tick <= some.last;
             tick = plan.next(*tick)) {
            found[*tick] = to_string(some.reason);
            ++count;
        }
        RC_ASSERT(count == some.count);
    }
    RC_ASSERT(found == judged(plan, last, now));
    if (!found.empty()) RC_ASSERT(due.last_tick == found.rbegin()->first);
    if (due.next_at) RC_ASSERT(*due.next_at >= now);
}

}  // namespace
}  // namespace errand::core
