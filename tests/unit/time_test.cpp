#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>
#include <errand/limits.hpp>
#include <errand/time.hpp>

#include "unit/expect_error.hpp"

namespace errand {
namespace {

using namespace std::chrono_literals;
using test::message_of_refusal;

TEST(ParseDuration, ReadsNumbersWithUnits) {
    EXPECT_EQ(parse_duration("0"), 0us);
    EXPECT_EQ(parse_duration("0s"), 0us);
    EXPECT_EQ(parse_duration("17us"), 17us);
    EXPECT_EQ(parse_duration("250ms"), 250ms);
    EXPECT_EQ(parse_duration("30s"), 30s);
    EXPECT_EQ(parse_duration("5m"), 5min);
    EXPECT_EQ(parse_duration("1h30m"), 90min);
    EXPECT_EQ(parse_duration("2d"), 48h);
    EXPECT_EQ(parse_duration("1w"), 168h);
    EXPECT_EQ(parse_duration("1w2d3h4m5s6ms7us"), 219h + 4min + 5s + 6ms + 7us);
    EXPECT_EQ(parse_duration("36500d"), max_duration);
}

TEST(ParseDuration, ReadsFractionsExactly) {
    EXPECT_EQ(parse_duration("1.5h"), 90min);
    EXPECT_EQ(parse_duration("0.1s"), 100ms);
    EXPECT_EQ(parse_duration("1.000001s"), 1'000'001us);
    EXPECT_EQ(parse_duration("0.00000005m"), 3us);
    EXPECT_EQ(parse_duration("0.100000000000000000000000s"), 100ms);
    EXPECT_EQ(parse_duration("1.5h0.5m"), 90min + 30s);
}

TEST(ParseDuration, RefusesAllElseAndSaysWhy) {
    const auto refusal = [](std::string_view text) {
        return message_of_refusal([&] { (void)parse_duration(text); });
    };
    using ::testing::HasSubstr;
    EXPECT_THAT(refusal(""), HasSubstr("is empty"));
    EXPECT_THAT(refusal("5"), HasSubstr("duration \"5\": a unit is missing; write for example"));
    EXPECT_THAT(refusal("-5s"), HasSubstr("negative"));
    EXPECT_THAT(refusal("5 s"), HasSubstr("\" s\" is none of the units"));
    EXPECT_THAT(refusal("5y"), HasSubstr("\"y\" is none of the units"));
    EXPECT_THAT(refusal("5S"), HasSubstr("\"S\" is none of the units"));
    EXPECT_THAT(refusal("s"), HasSubstr("a number is missing"));
    EXPECT_THAT(refusal(".5s"), HasSubstr("a number is missing"));
    EXPECT_THAT(refusal("5.s"), HasSubstr("a digit must follow the point"));
    EXPECT_THAT(refusal("30m1h"), HasSubstr("larger to smaller"));
    EXPECT_THAT(refusal("1m1m"), HasSubstr("larger to smaller"));
    EXPECT_THAT(refusal("0.5us"), HasSubstr("finer than a microsecond"));
    EXPECT_THAT(refusal("0.0000000000000000000000001w"), HasSubstr("finer than a microsecond"));
    EXPECT_THAT(refusal("36501d"), HasSubstr("longer than 36500 days"));
    EXPECT_THAT(refusal("36500d1us"), HasSubstr("longer than 36500 days"));
    EXPECT_THAT(refusal("99999999999999999999999w"), HasSubstr("longer than 36500 days"));
    EXPECT_THAT(refusal("1e5s"), HasSubstr("none of the units"));
    EXPECT_THAT(refusal(std::string_view{"1s\0", 3}), HasSubstr("\\x00"));
}

TEST(FormatDuration, PrintsWholeUnits) {
    EXPECT_EQ(format_duration(0us), "0s");
    EXPECT_EQ(format_duration(90min), "1h30m");
    EXPECT_EQ(format_duration(250ms), "250ms");
    EXPECT_EQ(format_duration(1500ms), "1s500ms");
    EXPECT_EQ(format_duration(24h * 14), "2w");
    EXPECT_EQ(format_duration(24h * 365), "365d");
    EXPECT_EQ(format_duration(-5s), "-5s");
    EXPECT_EQ(format_duration(Duration::min()), "-106751991d4h54s775ms808us");
}

RC_GTEST_PROP(FormatDuration, IsReadBackToTheSameValue, ()) {
    const auto limit = max_duration.count();
    const auto magnitude = *rc::gen::inRange<Duration::rep>(1, limit);
    const Duration value{*rc::gen::inRange<Duration::rep>(0, magnitude + 1)};
    RC_ASSERT(parse_duration(format_duration(value)) == value);
}

TEST(ParseTimestamp, ReadsRfc3339) {
    const auto expected = Timestamp{std::chrono::sys_days{2026y / 1 / 31}} + 8h;
    EXPECT_EQ(parse_timestamp("2026-01-31T08:00:00Z"), expected);
    EXPECT_EQ(parse_timestamp("2026-01-31t08:00:00z"), expected);
    EXPECT_EQ(parse_timestamp("2026-01-31 09:00:00.25+01:00"), expected + 250ms);
    EXPECT_EQ(parse_timestamp("2026-01-31T02:30:00-05:30"), expected);
    EXPECT_EQ(parse_timestamp("2026-01-31T08:00:00.1234569Z"), expected + 123'456us);
    EXPECT_EQ(parse_timestamp("2026-02-01T07:59:00+23:59"), expected);
    EXPECT_EQ(parse_timestamp("2024-02-29T00:00:00Z"),
              Timestamp{std::chrono::sys_days{2024y / 2 / 29}});
    EXPECT_EQ(parse_timestamp("1970-01-01T00:00:00Z"), min_timestamp);
    EXPECT_EQ(parse_timestamp("9999-12-31T23:59:59.999999Z"), max_timestamp);
}

TEST(ParseTimestamp, RefusesImpossibleTimesAndMissingZones) {
    const auto refusal = [](std::string_view text) {
        return message_of_refusal([&] { (void)parse_timestamp(text); });
    };
    using ::testing::HasSubstr;
    EXPECT_THAT(refusal("2026-02-29T00:00:00Z"), HasSubstr("there is no such day"));
    EXPECT_THAT(refusal("2026-13-01T00:00:00Z"), HasSubstr("there is no such day"));
    EXPECT_THAT(refusal("2026-01-00T00:00:00Z"), HasSubstr("there is no such day"));
    EXPECT_THAT(refusal("2026-01-31T24:00:00Z"), HasSubstr("there is no such time"));
    EXPECT_THAT(refusal("2026-01-31T08:60:00Z"), HasSubstr("there is no such time"));
    EXPECT_THAT(refusal("2026-01-31T08:00:60Z"), HasSubstr("there is no such time"));
    EXPECT_THAT(refusal("2026-01-31T08:00:00"), HasSubstr("the zone is missing"));
    EXPECT_THAT(refusal("2026-01-31T08:00:00+1:00"), HasSubstr("zone's hours needs 2 digits"));
    EXPECT_THAT(refusal("2026-01-31T08:00:00+24:00"), HasSubstr("there is no such zone"));
    EXPECT_THAT(refusal("2026-01-31T08:00:00Zx"), HasSubstr("something follows the zone"));
    EXPECT_THAT(refusal("2026-01-31T08:00:00.Z"), HasSubstr("a digit must follow the point"));
    EXPECT_THAT(refusal("2026-01-31"), HasSubstr("a T must follow the date"));
    EXPECT_THAT(refusal("2026-1-31T08:00:00Z"), HasSubstr("the month needs 2 digits"));
    EXPECT_THAT(refusal("26-01-31T08:00:00Z"), HasSubstr("the year needs 4 digits"));
    EXPECT_THAT(refusal("1969-12-31T23:59:59Z"), HasSubstr("the years 1970 to 9999"));
    EXPECT_THAT(refusal("1970-01-01T00:30:00+01:00"), HasSubstr("the years 1970 to 9999"));
    EXPECT_THAT(refusal(""), HasSubstr("the year needs 4 digits"));
}

TEST(FormatTimestamp, PrintsUtcWithMicroseconds) {
    EXPECT_EQ(format_timestamp(Timestamp{std::chrono::sys_days{2026y / 1 / 31}} + 8h + 5us),
              "2026-01-31T08:00:00.000005Z");
    EXPECT_EQ(format_timestamp(Timestamp::min()), "1970-01-01T00:00:00.000000Z");
    EXPECT_EQ(format_timestamp(Timestamp::max()), "9999-12-31T23:59:59.999999Z");
}

RC_GTEST_PROP(FormatTimestamp, IsReadBackToTheSameValue, ()) {
    const auto last = max_timestamp.time_since_epoch().count();
    const Timestamp value{Duration{*rc::gen::inRange<Duration::rep>(0, last + 1)}};
    RC_ASSERT(parse_timestamp(format_timestamp(value)) == value);
}

TEST(SystemClock, ShowsThePresent) {
    const auto before = std::chrono::floor<Duration>(std::chrono::system_clock::now());
    const auto now = system_clock().now();
    EXPECT_GE(now, before);
    EXPECT_LE(now, std::chrono::system_clock::now());
}

}  // namespace
}  // namespace errand
