#include "core/schedule/upcoming.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/zones.hpp"
#include "unit/expect_error.hpp"

#include <fmt/format.h>

namespace errand::core {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Texts = std::vector<std::string>;

/// "2026-03-29T01:00 moved 02:30 CEST"
Texts preview(ScheduleSpec spec, std::string_view from, std::size_t count) {
    const SchedulePlan plan{"test", std::move(spec), test::berlin()};
    Texts texts;
    for (const auto& tick : upcoming(plan, parse_timestamp(from), count)) {
        const auto named = format_timestamp(Timestamp{tick.named.time_since_epoch()});
        texts.push_back(fmt::format("{} {} {} {}", format_timestamp(tick.tick).substr(0, 16),
                                    to_string(tick.mark), named.substr(11, 5), tick.abbreviation));
    }
    return texts;
}

ScheduleSpec cron(std::string_view text, DstRule dst = DstRule::vixie) {
    return {.timing = CronExpression::parse(text), .timezone = "Europe/Berlin", .dst = dst};
}

TEST(Upcoming, MarksOddDays) {
    EXPECT_THAT(preview(cron("30 2 * * *"), "2026-03-28T00:00:00Z", 3),
                ElementsAre("2026-03-28T01:30 none 02:30 CET", "2026-03-29T01:00 moved 02:30 CEST",
                            "2026-03-30T00:30 none 02:30 CEST"));
    EXPECT_THAT(
        preview(cron("30 2 * * *"), "2026-10-24T12:00:00Z", 2),
        ElementsAre("2026-10-25T00:30 first_of_two 02:30 CEST", "2026-10-26T01:30 none 02:30 CET"));
    EXPECT_THAT(
        preview(cron("0 * * * *"), "2026-10-25T00:00:00Z", 2),
        ElementsAre("2026-10-25T01:00 second_of_two 02:00 CET", "2026-10-25T02:00 none 03:00 CET"));
}

TEST(Upcoming, ShowsWhatDoesNotFireBetweenTheOthers) {
    EXPECT_THAT(
        preview(cron("30 2 * * *", DstRule::skip), "2026-03-28T00:00:00Z", 2),
        ElementsAre("2026-03-28T01:30 none 02:30 CET", "2026-03-29T01:00 left_out 02:30 CEST",
                    "2026-03-30T00:30 none 02:30 CEST"));
    auto spec = cron("0 12 * * *");
    spec.exclusions = {{2026y / 5 / 2, 2026y / 5 / 3}};
    EXPECT_THAT(
        preview(spec, "2026-05-01T12:00:00Z", 2),
        ElementsAre("2026-05-02T10:00 excluded 12:00 CEST", "2026-05-03T10:00 excluded 12:00 CEST",
                    "2026-05-04T10:00 none 12:00 CEST", "2026-05-05T10:00 none 12:00 CEST"));
}

TEST(Upcoming, ShowsAtMostAsManyThatDoNotFire) {
    auto spec = cron("* * * * *");
    spec.exclusions = {{2026y / 5 / 2, 9998y / 5 / 3}};
    const auto shown = preview(spec, "2026-05-01T21:59:00Z", 3);
    ASSERT_THAT(shown, SizeIs(6));
    EXPECT_EQ(shown[2], "2026-05-01T22:02 excluded 00:02 CEST");
    EXPECT_EQ(shown[3], "9998-05-03T22:00 none 00:00 CEST");
}

TEST(Upcoming, EndsWithTheSchedule) {
    auto spec = cron("0 12 * * *", DstRule::skip);
    spec.end = parse_timestamp("2026-05-02T10:00:00Z");
    EXPECT_THAT(preview(spec, "2026-05-01T00:00:00Z", 9), SizeIs(2));
    EXPECT_THAT(preview(spec, "2026-05-02T10:00:00Z", 9), IsEmpty());
    spec.exclusions = {{2026y / 5 / 1, 2026y / 5 / 9}};
    EXPECT_THAT(preview(spec, "2026-05-01T00:00:00Z", 9), SizeIs(2));
    EXPECT_THAT(preview(cron("@daily"), "9999-12-30T00:00:00Z", 9), SizeIs(2));
    EXPECT_THAT(preview({.timing = OneTime{parse_timestamp("2026-05-01T00:00:00Z")}},
                        "2026-01-01T00:00:00Z", 9),
                ElementsAre("2026-05-01T00:00 none 02:00 CEST"));
    EXPECT_THAT(preview(cron("@daily"), "2026-01-01T00:00:00Z", 0), IsEmpty());
}

TEST(Upcoming, AddsTheJitter) {
    auto spec = cron("@hourly");
    spec.jitter = 10min;
    const SchedulePlan plan{"test", spec, test::berlin()};
    const auto from = parse_timestamp("2026-05-01T08:00:00Z");
    const auto first = upcoming(plan, from, 1).at(0);
    EXPECT_EQ(first.tick, from);  // which fires after `from`
    EXPECT_EQ(first.fire_at, plan.fire_at(from));
    EXPECT_EQ(upcoming(plan, first.fire_at, 1).at(0).tick, from + 1h);
}

TEST(Upcoming, FindsItsZone) {
    const auto from = parse_timestamp("2026-05-01T08:00:00Z");
    const auto ticks = errand::upcoming({.timing = Interval{1h}}, from, 2);
    ASSERT_THAT(ticks, SizeIs(2));
    EXPECT_EQ(ticks[1].fire_at, from + 2h);
    EXPECT_THAT(test::message_of_refusal([&] {
                    (void)errand::upcoming({.timing = Interval{1h}, .timezone = "Nowhere/At_All"},
                                           from, 1);
                }),
                HasSubstr("time zone \"Nowhere/At_All\""));
}

}  // namespace
}  // namespace errand::core
