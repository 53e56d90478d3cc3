#include "core/cron/series.hpp"

#include <errand/limits.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/zones.hpp"

namespace errand::core {
namespace {

using namespace std::chrono_literals;
using test::ZonePointer;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Texts = std::vector<std::string>;

std::string utc_text(Timestamp time) {
    const auto text = format_timestamp(time);
    return text.substr(0, 16) + (text.substr(17, 2) == "00" ? "" : text.substr(16, 3));
}

/// The moments of `text` in (after, until), forwards; the same backwards must be the same.
Texts moments(const std::string& text, const ZonePointer& zone, std::string_view after,
              std::string_view until, DstRule rule = DstRule::vixie) {
    const CronSeries series{CronExpression::parse(text), zone, rule};
    const auto begin = parse_timestamp(after);
    const auto end = parse_timestamp(until);
    Texts found;
    for (auto at = series.next(begin); at && *at < end; at = series.next(*at))
        found.push_back(utc_text(*at));
    Texts backwards;
    for (auto at = series.prev(end); at && *at > begin; at = series.prev(*at))
        backwards.insert(backwards.begin(), utc_text(*at));
    EXPECT_EQ(found, backwards) << text;
    return found;
}

TEST(CronSeries, GoesByTheCalendar) {
    EXPECT_THAT(moments("0 0 L * *", test::utc(), "2024-01-15T00:00:00Z", "2024-05-01T00:00:00Z"),
                ElementsAre("2024-01-31T00:00", "2024-02-29T00:00", "2024-03-31T00:00",
                            "2024-04-30T00:00"));
    EXPECT_THAT(moments("0 12 13 * 5", test::utc(), "2026-02-01T00:00:00Z", "2026-02-15T00:00:00Z"),
                ElementsAre("2026-02-06T12:00", "2026-02-13T12:00"));
    EXPECT_THAT(moments("0 0 29 2 *", test::utc(), "2095-01-01T00:00:00Z", "2105-01-01T00:00:00Z"),
                ElementsAre("2096-02-29T00:00", "2104-02-29T00:00"));
    EXPECT_THAT(
        moments("58/2 59 23 31 12 *", test::utc(), "2026-12-31T00:00:00Z", "2027-01-02T00:00:00Z"),
        ElementsAre("2026-12-31T23:59:58"));
    EXPECT_THAT(
        moments("*/20 59 23 * * *", test::utc(), "2026-12-31T23:59:20Z", "2027-01-01T23:59:20Z"),
        ElementsAre("2026-12-31T23:59:40", "2027-01-01T23:59"));
}

TEST(CronSeries, BeginsAfterAndEndsBefore) {
    const CronSeries series{CronExpression::parse("* * * * *"), test::utc(), DstRule::vixie};
    const auto noon = parse_timestamp("2026-01-01T12:00:00Z");
    EXPECT_EQ(series.next(noon), noon + 1min);
    EXPECT_EQ(series.next(noon - 1us), noon);
    EXPECT_EQ(series.next(noon + 1us), noon + 1min);
    EXPECT_EQ(series.prev(noon), noon - 1min);
    EXPECT_EQ(series.prev(noon + 1us), noon);
    EXPECT_EQ(series.prev(noon - 1us), noon - 1min);
}

TEST(CronSeries, LiesWithinTheYearsThatCanBePrinted) {
    for (const auto* text : {"* * * * *", "0 0 * * *"}) {
        for (const auto& zone : {test::utc(), test::berlin(), test::new_york()}) {
            const CronSeries series{CronExpression::parse(text), zone, DstRule::vixie};
            EXPECT_EQ(series.next(max_timestamp), std::nullopt);
            EXPECT_EQ(series.next(Timestamp::max()), std::nullopt);
            EXPECT_EQ(series.prev(min_timestamp), std::nullopt);
            EXPECT_EQ(series.prev(Timestamp::min()), std::nullopt);
            EXPECT_LE(series.next(Timestamp::min()).value(), min_timestamp + 25h);
            EXPECT_GE(series.prev(Timestamp::max()).value(), max_timestamp - 25h);
        }
    }
    const CronSeries late{CronExpression::parse("0 0 29 2 *"), test::utc(), DstRule::vixie};
    EXPECT_EQ(late.next(parse_timestamp("9996-03-01T00:00:00Z")), std::nullopt);
}

// Europe/Berlin: on 2026-03-29 the clock goes from 02:00 to 03:00 at 01:00 UTC, on 2026-10-25 from
// 03:00 back to 02:00 at 01:00 UTC.

TEST(VixieRule, RunsATimeInTheGapRightAfterIt) {
    const auto in_spring = [](const char* text) {
        return moments(text, test::berlin(), "2026-03-28T12:00:00Z", "2026-03-30T12:00:00Z");
    };
    EXPECT_THAT(in_spring("30 2 * * *"), ElementsAre("2026-03-29T01:00", "2026-03-30T00:30"));
    EXPECT_THAT(in_spring("0 2 * * *"), ElementsAre("2026-03-29T01:00", "2026-03-30T00:00"));
    EXPECT_THAT(in_spring("59 1 * * *"), ElementsAre("2026-03-29T00:59", "2026-03-29T23:59"));
    EXPECT_THAT(in_spring("0 3 * * *"), ElementsAre("2026-03-29T01:00", "2026-03-30T01:00"));
    EXPECT_THAT(in_spring("30 2 29 3 *"), ElementsAre("2026-03-29T01:00"));
    // Three local times, one moment.
    EXPECT_THAT(in_spring("0,30 2 29 3 *"), ElementsAre("2026-03-29T01:00"));
    EXPECT_THAT(in_spring("0 2,3 29 3 *"), ElementsAre("2026-03-29T01:00"));
    EXPECT_THAT(in_spring("15 30 2 29 3 *"), ElementsAre("2026-03-29T01:00"));
}

TEST(VixieRule, RunsATimeThatComesTwiceTheFirstTime) {
    const auto in_autumn = [](const char* text) {
        return moments(text, test::berlin(), "2026-10-24T12:00:00Z", "2026-10-26T12:00:00Z");
    };
    EXPECT_THAT(in_autumn("30 2 * * *"), ElementsAre("2026-10-25T00:30", "2026-10-26T01:30"));
    EXPECT_THAT(in_autumn("0 2 25 10 *"), ElementsAre("2026-10-25T00:00"));
    EXPECT_THAT(in_autumn("0 3 25 10 *"), ElementsAre("2026-10-25T02:00"));
    EXPECT_THAT(in_autumn("0,30 1-3 25 10 *"),
                ElementsAre("2026-10-24T23:00", "2026-10-24T23:30", "2026-10-25T00:00",
                            "2026-10-25T00:30", "2026-10-25T02:00", "2026-10-25T02:30"));
}

TEST(VixieRule, DoesNotGoBackWithTheClock) {
    const CronSeries series{CronExpression::parse("30 2 * * *"), test::berlin(), DstRule::vixie};
    // 02:10 for the second time, twenty minutes before a second 02:30.
    const auto second_pass = parse_timestamp("2026-10-25T01:10:00Z");
    EXPECT_EQ(series.next(second_pass), parse_timestamp("2026-10-26T01:30:00Z"));
    EXPECT_EQ(series.prev(second_pass), parse_timestamp("2026-10-25T00:30:00Z"));
    EXPECT_EQ(series.prev(parse_timestamp("2026-10-25T01:50:00Z")),
              parse_timestamp("2026-10-25T00:30:00Z"));
}

TEST(VixieRule, KeepsARhythmByTheClockThatIsShown) {
    EXPECT_THAT(
        moments("*/30 * * * *", test::berlin(), "2026-03-29T00:15:00Z", "2026-03-29T02:15:00Z"),
        ElementsAre("2026-03-29T00:30", "2026-03-29T01:00", "2026-03-29T01:30",
                    "2026-03-29T02:00"));
    EXPECT_THAT(
        moments("*/30 2 * * *", test::berlin(), "2026-03-29T00:00:00Z", "2026-03-30T00:15:00Z"),
        ElementsAre("2026-03-30T00:00"));
    EXPECT_THAT(
        moments("*/30 2 * * *", test::berlin(), "2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z"),
        ElementsAre("2026-10-25T00:00", "2026-10-25T00:30", "2026-10-25T01:00",
                    "2026-10-25T01:30"));
    EXPECT_THAT(
        moments("0 */2 * * *", test::berlin(), "2026-10-24T21:00:00Z", "2026-10-25T04:00:00Z"),
        ElementsAre("2026-10-24T22:00", "2026-10-25T00:00", "2026-10-25T01:00",
                    "2026-10-25T03:00"));
}

TEST(SkipRule, LeavesOutATimeInTheGap) {
    const auto in_spring = [](const char* text) {
        return moments(text, test::berlin(), "2026-03-28T12:00:00Z", "2026-03-30T12:00:00Z",
                       DstRule::skip);
    };
    EXPECT_THAT(in_spring("30 2 * * *"), ElementsAre("2026-03-30T00:30"));
    EXPECT_THAT(in_spring("0 2,3 * * *"),
                ElementsAre("2026-03-29T01:00", "2026-03-30T00:00", "2026-03-30T01:00"));
    EXPECT_THAT(in_spring("0-59 2 29 3 *"), IsEmpty());
    EXPECT_THAT(in_spring("0-59 0-59 2 29 3 *"), IsEmpty());
}

TEST(SkipRule, RunsATimeThatComesTwiceTheFirstTime) {
    EXPECT_THAT(moments("30 2 * * *", test::berlin(), "2026-10-24T12:00:00Z",
                        "2026-10-26T12:00:00Z", DstRule::skip),
                ElementsAre("2026-10-25T00:30", "2026-10-26T01:30"));
}

TEST(UtcRule, ReadsTheFieldsInUtc) {
    EXPECT_THAT(moments("30 2 * * *", test::berlin(), "2026-03-28T12:00:00Z",
                        "2026-03-30T12:00:00Z", DstRule::utc),
                ElementsAre("2026-03-29T02:30", "2026-03-30T02:30"));
}

TEST(VixieRule, HoldsForHalfAnHour) {
    // Lord Howe: 2026-10-04 02:00 becomes 02:30 at 15:30 UTC; 2026-04-05 02:00 becomes 01:30.
    EXPECT_THAT(moments("0,15,30 2 4 10 *", test::lord_howe(), "2026-10-03T00:00:00Z",
                        "2026-10-05T00:00:00Z"),
                ElementsAre("2026-10-03T15:30"));
    EXPECT_THAT(
        moments("30,45 1 5 4 *", test::lord_howe(), "2026-04-04T00:00:00Z", "2026-04-06T00:00:00Z"),
        ElementsAre("2026-04-04T14:30", "2026-04-04T14:45"));
    EXPECT_THAT(
        moments("*/15 1 5 4 *", test::lord_howe(), "2026-04-04T00:00:00Z", "2026-04-06T00:00:00Z"),
        ElementsAre("2026-04-04T14:00", "2026-04-04T14:15", "2026-04-04T14:30", "2026-04-04T14:45",
                    "2026-04-04T15:00", "2026-04-04T15:15"));
}

TEST(VixieRule, HoldsForGapsOfHours) {
    // Casey 2020-10-04: from 00:01 to 03:01, and back on 2021-03-14.
    const auto casey = test::zone_of(8h, {{std::chrono::sys_days{2020y / 10 / 3} + 16h + 1min, 11h},
                                          {std::chrono::sys_days{2021y / 3 / 13} + 13h, 8h}});
    EXPECT_THAT(moments("0 0-3 4 10 *", casey, "2020-10-03T00:00:00Z", "2020-10-05T00:00:00Z"),
                ElementsAre("2020-10-03T16:00", "2020-10-03T16:01"));
    EXPECT_THAT(moments("0 23 13 3 *", casey, "2021-03-01T00:00:00Z", "2021-03-20T00:00:00Z"),
                ElementsAre("2021-03-13T12:00"));
}

TEST(VixieRule, HoldsForADayThatThereNeverWas) {
    // Samoa went over the date line: after 2011-12-29 23:59:59 came 2011-12-31 00:00:00.
    const auto apia = test::zone_of(-10h, {{std::chrono::sys_days{2011y / 12 / 30} + 10h, 14h}});
    EXPECT_THAT(moments("0 9 * * *", apia, "2011-12-29T00:00:00Z", "2012-01-01T00:00:00Z"),
                ElementsAre("2011-12-29T19:00", "2011-12-30T10:00", "2011-12-30T19:00",
                            "2011-12-31T19:00"));
    EXPECT_THAT(moments("0 9 30 12 *", apia, "2011-01-01T00:00:00Z", "2012-01-01T00:00:00Z"),
                ElementsAre("2011-12-30T10:00"));
    EXPECT_THAT(
        moments("0 9 30 12 *", apia, "2011-01-01T00:00:00Z", "2012-01-01T00:00:00Z", DstRule::skip),
        IsEmpty());
    EXPECT_THAT(moments("0 * 30 12 *", apia, "2011-01-01T00:00:00Z", "2012-01-01T00:00:00Z"),
                IsEmpty());
}

TEST(VixieRule, HoldsWhereADayComesTwice) {
    // Over the date line the other way: 2011-12-30 a second time.
    const auto twice = test::zone_of(14h, {{std::chrono::sys_days{2011y / 12 / 30} + 10h, -10h}});
    EXPECT_THAT(moments("0 9 30,31 12 *", twice, "2011-12-01T00:00:00Z", "2012-01-01T00:00:00Z"),
                ElementsAre("2011-12-29T19:00", "2011-12-31T19:00"));
    EXPECT_THAT(moments("0 */12 30 12 *", twice, "2011-12-01T00:00:00Z", "2012-01-01T00:00:00Z"),
                ElementsAre("2011-12-29T10:00", "2011-12-29T22:00", "2011-12-30T10:00",
                            "2011-12-30T22:00"));
}

TEST(VixieRule, KnowsNoDifferenceBetweenSummerAndNegativeWinterTime) {
    // Morocco takes an hour off in Ramadan; Dublin calls its winter the exception.
    const auto casablanca = test::zone_of(1h, {{std::chrono::sys_days{2026y / 2 / 15} + 2h, 0h},
                                               {std::chrono::sys_days{2026y / 3 / 22} + 2h, 1h}});
    EXPECT_THAT(moments("30 2 * * *", casablanca, "2026-02-14T12:00:00Z", "2026-02-16T12:00:00Z"),
                ElementsAre("2026-02-15T01:30", "2026-02-16T02:30"));
    EXPECT_THAT(moments("30 2 * * *", casablanca, "2026-03-21T12:00:00Z", "2026-03-23T12:00:00Z"),
                ElementsAre("2026-03-22T02:00", "2026-03-23T01:30"));
    const auto dublin = test::zone_of("IST-1GMT0,M10.5.0,M3.5.0/1");
    EXPECT_THAT(moments("30 1 * * *", dublin, "2026-10-24T12:00:00Z", "2026-10-26T12:00:00Z"),
                ElementsAre("2026-10-25T00:30", "2026-10-26T01:30"));
}

TEST(VixieRule, HoldsWhenMidnightIsMissing) {
    const auto beirut = test::zone_of("EET-2EEST,M3.5.0/0,M10.5.0/0");
    EXPECT_THAT(moments("@daily", beirut, "2026-03-28T12:00:00Z", "2026-03-30T12:00:00Z"),
                ElementsAre("2026-03-28T22:00", "2026-03-29T21:00"));
    EXPECT_THAT(moments("@daily", beirut, "2026-10-24T12:00:00Z", "2026-10-26T12:00:00Z"),
                ElementsAre("2026-10-24T22:00", "2026-10-25T22:00"));
}

TEST(CronSeries, StepsOverManyYearsOfARareRhythm) {
    EXPECT_THAT(
        moments("*/30 0 29 2 *", test::berlin(), "2095-01-01T00:00:00Z", "2105-01-01T00:00:00Z"),
        ElementsAre("2096-02-28T23:00", "2096-02-28T23:30", "2104-02-28T23:00",
                    "2104-02-28T23:30"));
}

ClockMark mark(const char* text, const ZonePointer& zone, const char* time,
               DstRule rule = DstRule::vixie) {
    return CronSeries{CronExpression::parse(text), zone, rule}.mark(parse_timestamp(time));
}

TEST(ClockMarks, TellOddDays) {
    const auto berlin = test::berlin();
    EXPECT_EQ(mark("30 2 * * *", berlin, "2026-03-29T01:00:00Z"), ClockMark::moved);
    EXPECT_EQ(mark("0 3 * * *", berlin, "2026-03-29T01:00:00Z"), ClockMark::none);
    EXPECT_EQ(mark("0 2,3 * * *", berlin, "2026-03-29T01:00:00Z"), ClockMark::moved);
    EXPECT_EQ(mark("0 2,3 * * *", berlin, "2026-03-29T01:00:00Z", DstRule::skip), ClockMark::none);
    EXPECT_EQ(mark("0 * * * *", berlin, "2026-03-29T01:00:00Z"), ClockMark::none);
    EXPECT_EQ(mark("30 2 * * *", berlin, "2026-03-30T00:30:00Z"), ClockMark::none);
    EXPECT_EQ(mark("30 2 * * *", berlin, "2026-10-25T00:30:00Z"), ClockMark::first_of_two);
    EXPECT_EQ(mark("*/30 * * * *", berlin, "2026-10-25T01:30:00Z"), ClockMark::second_of_two);
    EXPECT_EQ(mark("*/30 * * * *", berlin, "2026-10-25T02:00:00Z"), ClockMark::none);
    EXPECT_EQ(mark("30 2 * * *", berlin, "2026-10-25T00:30:00Z", DstRule::utc), ClockMark::none);
}

std::string left_out(const char* text, DstRule rule, const char* after, const char* until) {
    const CronSeries series{CronExpression::parse(text), test::berlin(), rule};
    const auto found = series.left_out(parse_timestamp(after), parse_timestamp(until));
    if (!found) return "nothing";
    return utc_text(found->at) + " " + utc_text(Timestamp{found->local.time_since_epoch()});
}

TEST(LeftOutTimes, AreThoseThatDoNotHappen) {
    const auto* const before = "2026-03-28T12:00:00Z";
    const auto* const after = "2026-03-29T12:00:00Z";
    EXPECT_EQ(left_out("30 2 * * *", DstRule::skip, before, after),
              "2026-03-29T01:00 2026-03-29T02:30");
    EXPECT_EQ(left_out("30 2 * * *", DstRule::vixie, before, after), "nothing");
    EXPECT_EQ(left_out("30 3 * * *", DstRule::skip, before, after), "nothing");
    EXPECT_EQ(left_out("*/30 2 * * *", DstRule::vixie, before, after),
              "2026-03-29T01:00 2026-03-29T02:00");
    EXPECT_EQ(left_out("*/30 * * * *", DstRule::vixie, before, after), "nothing");
    EXPECT_EQ(left_out("30 2 * * *", DstRule::utc, before, after), "nothing");
    EXPECT_EQ(left_out("30 2 * * *", DstRule::skip, before, "2026-03-29T00:59:59Z"), "nothing");
    EXPECT_EQ(left_out("30 2 * * *", DstRule::skip, before, "2026-03-29T01:00:00Z"),
              "2026-03-29T01:00 2026-03-29T02:30");
    EXPECT_EQ(left_out("30 2 * * *", DstRule::skip, "2026-03-29T01:00:00Z", after), "nothing");
}

}  // namespace
}  // namespace errand::core
