#include "base/zone_rule.hpp"

#include <errand/time.hpp>

#include "unit/expect_error.hpp"

namespace errand::base {
namespace {

using namespace std::chrono_literals;
using test::message_of_refusal;
using ::testing::HasSubstr;

std::chrono::sys_seconds at(std::string_view text) {
    return std::chrono::floor<std::chrono::seconds>(parse_timestamp(text));
}

TEST(ZoneRule, WithoutDaylightSavingTimeIsOnePeriod) {
    const auto rule = ZoneRule::parse("JST-9");
    const auto period = rule.period_at(at("2026-01-01T00:00:00Z"));
    EXPECT_EQ(period.offset, 9h);
    EXPECT_EQ(period.abbreviation, "JST");
    EXPECT_FALSE(period.is_dst);
    EXPECT_EQ(period.begin, zones_begin);
    EXPECT_EQ(period.end, zones_end);
}

TEST(ZoneRule, ChangesOnItsDays) {
    const auto rule = ZoneRule::parse("CET-1CEST,M3.5.0,M10.5.0/3");
    const auto summer = rule.period_at(at("2026-07-01T00:00:00Z"));
    EXPECT_EQ(summer.begin, at("2026-03-29T01:00:00Z"));
    EXPECT_EQ(summer.end, at("2026-10-25T01:00:00Z"));
    EXPECT_EQ(summer.offset, 2h);
    EXPECT_TRUE(summer.is_dst);
    EXPECT_EQ(summer.abbreviation, "CEST");
    const auto winter = rule.period_at(summer.end);
    EXPECT_EQ(winter.begin, summer.end);
    EXPECT_EQ(winter.end, at("2027-03-28T01:00:00Z"));
    EXPECT_EQ(winter.offset, 1h);
    EXPECT_EQ(rule.period_at(summer.end - 1s).begin, summer.begin);
}

TEST(ZoneRule, HoldsInTheSouthAndFarAhead) {
    const auto rule = ZoneRule::parse("NZST-12NZDT,M9.5.0,M4.1.0/3");
    EXPECT_EQ(rule.period_at(at("2026-01-01T00:00:00Z")).offset, 13h);
    EXPECT_EQ(rule.period_at(at("2026-06-01T00:00:00Z")).offset, 12h);
    EXPECT_EQ(rule.period_at(at("9999-12-31T23:59:59Z")).offset, 13h);
    EXPECT_EQ(rule.period_at(at("2500-10-15T00:00:00Z")).begin, at("2500-09-25T14:00:00Z"));
}

TEST(ZoneRule, KnowsNegativeAndLateTimesOfDay) {
    // Greenland changes on the evening before the last Sunday, Dublin's winter is the exception.
    const auto nuuk = ZoneRule::parse("<-02>2<-01>,M3.5.0/-1,M10.5.0/0");
    EXPECT_EQ(nuuk.period_at(at("2026-07-01T00:00:00Z")).begin, at("2026-03-29T01:00:00Z"));
    EXPECT_EQ(nuuk.period_at(at("2026-07-01T00:00:00Z")).offset, -1h);
    const auto dublin = ZoneRule::parse("IST-1GMT0,M10.5.0,M3.5.0/1");
    const auto winter = dublin.period_at(at("2026-01-01T00:00:00Z"));
    EXPECT_EQ(winter.offset, 0h);
    EXPECT_TRUE(winter.is_dst);
    EXPECT_EQ(winter.end, at("2026-03-29T01:00:00Z"));
    const auto jerusalem = ZoneRule::parse("IST-2IDT,M3.4.4/26,M10.5.0");
    EXPECT_EQ(jerusalem.period_at(at("2026-07-01T00:00:00Z")).begin, at("2026-03-27T00:00:00Z"));
}

TEST(ZoneRule, KnowsDaysByNumber) {
    const auto julian = ZoneRule::parse("AAA0BBB,J60/0,J300/0");
    EXPECT_EQ(julian.period_at(at("2024-07-01T00:00:00Z")).begin, at("2024-03-01T00:00:00Z"));
    EXPECT_EQ(julian.period_at(at("2023-07-01T00:00:00Z")).begin, at("2023-03-01T00:00:00Z"));
    const auto counted = ZoneRule::parse("AAA0BBB,59/0,300/0");
    EXPECT_EQ(counted.period_at(at("2024-07-01T00:00:00Z")).begin, at("2024-02-29T00:00:00Z"));
    EXPECT_EQ(counted.period_at(at("2023-07-01T00:00:00Z")).begin, at("2023-03-01T00:00:00Z"));
}

TEST(ZoneRule, MayKeepDaylightSavingTimeAllYear) {
    const auto rule = ZoneRule::parse("XYZ3EDT4,0/0,J365/23");
    for (auto time = at("2026-12-30T00:00:00Z"); time < at("2027-01-03T00:00:00Z"); time += 1h) {
        EXPECT_EQ(rule.period_at(time).offset, -4h);
    }
}

TEST(ZoneRule, IsRefusedWhenItIsNotWhole) {
    const auto refusal = [](std::string_view text) {
        return message_of_refusal([&] { (void)ZoneRule::parse(text); });
    };
    EXPECT_THAT(refusal(""), HasSubstr("time zone rule \"\": a name has 3 to 16 characters"));
    EXPECT_THAT(refusal("CET"), HasSubstr("\"\" is no number from 0 to 24"));
    EXPECT_THAT(refusal("CET25"), HasSubstr("\"25\" is no number from 0 to 24"));
    EXPECT_THAT(refusal("CET-1CEST"), HasSubstr("is no number"));
    EXPECT_THAT(refusal("CET-1CEST-2"), HasSubstr("a , is missing"));
    EXPECT_THAT(refusal("CET-1CEST,M3.5.0"), HasSubstr("a , is missing"));
    EXPECT_THAT(refusal("CET-1CEST,M13.5.0,M10.5.0"),
                HasSubstr("\"13\" is no number from 1 to 12"));
    EXPECT_THAT(refusal("CET-1CEST,M3.6.0,M10.5.0"), HasSubstr("\"6\" is no number from 1 to 5"));
    EXPECT_THAT(refusal("CET-1CEST,M3.5.7,M10.5.0"), HasSubstr("\"7\" is no number from 0 to 6"));
    EXPECT_THAT(refusal("CET-1CEST,J0,J2"), HasSubstr("\"0\" is no number from 1 to 365"));
    EXPECT_THAT(refusal("CET-1CEST,366,J2"), HasSubstr("\"366\" is no number from 0 to 365"));
    EXPECT_THAT(refusal("<+01-1"), HasSubstr("a > is missing"));
    EXPECT_THAT(refusal("CET-1CEST,M3.5.0,M10.5.0/168"), HasSubstr("is no number from 0 to 167"));
    EXPECT_THAT(refusal("CET-1CEST,M3.5.0,M10.5.0 "), HasSubstr("something follows it"));
}

}  // namespace
}  // namespace errand::base
