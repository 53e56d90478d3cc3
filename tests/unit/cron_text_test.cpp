#include <errand/cron.hpp>

#include "unit/expect_error.hpp"

namespace errand {
namespace {

using namespace std::chrono_literals;
using test::message_of_refusal;
using ::testing::HasSubstr;

std::string canonical(std::string_view text) {
    return to_string(CronExpression::parse(text));
}

std::string refusal(std::string_view text) {
    return message_of_refusal([&] { (void)CronExpression::parse(text); });
}

TEST(CronText, HasOneForm) {
    constexpr std::pair<const char*, const char*> written[] = {
        {"* * * * *", "* * * * *"},
        {"  5\t4 * *   * ", "5 4 * * *"},
        {"0 30 2 * * *", "30 2 * * *"},
        {"*/10 * * * * *", "*/10 * * * * *"},
        {"30 0 2 * * *", "30 0 2 * * *"},
        {"* 0 2 * * *", "* 0 2 * * *"},
        {"0 0 1 jan,Jul *", "0 0 1 1,7 *"},
        {"0 0 * * mon-FRI", "0 0 * * 1-5"},
        {"0 0 * * 7", "0 0 * * 0"},
        {"0 0 * * 5-7", "0 0 * * 0,5,6"},
        {"0 0 * * SAT-SUN", "0 0 * * 0,6"},
        {"0 0 * * 0-7", "0 0 * * 0-6"},
        {"0 0 * * 1-7/2", "0 0 * * 0,1,3,5"},
        {"0 0 * * 7/2", "0 0 * * 0"},
        {"0 0 * * */2", "0 0 * * */2"},
        {"0 0 ? * ?", "0 0 * * *"},
        {"5,1,1,3 * * * *", "1,3,5 * * * *"},
        {"0-59 0-23 1-31 1-12 0-6", "0-59 0-23 1-31 1-12 0-6"},
        {"0,15,30,45 * * * *", "0,15,30,45 * * * *"},
        {"0-50/10 * * * *", "0-50/10 * * * *"},
        {"3/12 * * * *", "3-51/12 * * * *"},
        {"*/15 * * * *", "*/15 * * * *"},
        {"*/1 */1 */1 */1 */1", "* * * * *"},
        {"*,5 * * * *", "* * * * *"},
        {"*/20,*/30 * * * *", "*/20,30 * * * *"},
        {"5,* * * * *", "0-59 * * * *"},
        {"*/60 */24 */31 */12 */7", "*/60 */24 */31 */12 */7"},
        {"1,2 1-2 1-3 1 *", "1,2 1,2 1-3 1 *"},
        {"08 007 * * *", "8 7 * * *"},
        {"0 0 L * *", "0 0 L * *"},
        {"0 0 l-3,lw,15w,1 * *", "0 0 1,15W,L-3,LW * *"},
        {"0 0 L-0 * *", "0 0 L * *"},
        {"0 0 *,L * *", "0 0 * * *"},
        {"0 0 */2,L * *", "0 0 */2,L * *"},
        {"0 0 * * 5L", "0 0 * * 5L"},
        {"0 0 * * FRIL,fri#2,7#1,7l", "0 0 * * 0#1,5#2,0L,5L"},
        {"0 0 * * *,5L", "0 0 * * *"},
        {"@yearly", "0 0 1 1 *"},
        {"@annually", "0 0 1 1 *"},
        {"@monthly", "0 0 1 * *"},
        {"@weekly", "0 0 * * 0"},
        {"@daily", "0 0 * * *"},
        {"@Midnight", "0 0 * * *"},
        {" @hourly ", "0 * * * *"},
    };
    for (const auto& [text, form] : written) {
        EXPECT_EQ(canonical(text), form) << text;
        EXPECT_EQ(CronExpression::parse(form), CronExpression::parse(text)) << text;
    }
}

TEST(CronText, TellsARhythmFromTimesOfTheDay) {
    const auto is_rhythm = [](const char* text) {
        return CronExpression::parse(text).fields().is_rhythm();
    };
    EXPECT_TRUE(is_rhythm("* * * * *"));
    EXPECT_TRUE(is_rhythm("*/30 2 * * *"));
    EXPECT_TRUE(is_rhythm("0 */2 * * *"));
    EXPECT_TRUE(is_rhythm("@hourly"));
    EXPECT_TRUE(is_rhythm("*/10 0 2 * * *"));
    EXPECT_FALSE(is_rhythm("0-59 0-23 * * *"));
    EXPECT_FALSE(is_rhythm("0,30 1-5 * * *"));
    EXPECT_FALSE(is_rhythm("@daily"));
}

TEST(CronRefusal, NamesFieldValuePlaceAndRemedy) {
    EXPECT_EQ(refusal("0 25 * * *"),
              R"(cron "0 25 * * *": hour "25" at character 3: "25" is no number from 0 to 23)");
    EXPECT_THAT(refusal(" 61 * * * *"), HasSubstr("minute \"61\" at character 2"));
    EXPECT_THAT(refusal("60 * * * * *"), HasSubstr("second \"60\" at character 1"));
    EXPECT_THAT(refusal("0 0 0 * *"),
                HasSubstr("day \"0\" at character 5: \"0\" is no number from 1 "
                          "to 31"));
    EXPECT_THAT(refusal("0 0 * 13 *"), HasSubstr("month \"13\" at character 7"));
    EXPECT_THAT(refusal("0 0 * * 8"), HasSubstr("weekday \"8\" at character 9: \"8\" is no number "
                                                "from 0 to 7"));
    EXPECT_THAT(refusal("0 0 * * 1,2,9"), HasSubstr("weekday \"9\" at character 13"));
    EXPECT_THAT(refusal("0 99999999999999999999 * * *"), HasSubstr("hour"));
    EXPECT_THAT(refusal("-1 * * * *"),
                HasSubstr("minute \"-1\" at character 1: a value is missing"));
    EXPECT_THAT(refusal("1- * * * *"), HasSubstr("a value is missing; write 0 to 59"));
    EXPECT_THAT(refusal("1,,2 * * * *"), HasSubstr("a value is missing between commas"));
    EXPECT_THAT(refusal("1, * * * *"), HasSubstr("a value is missing between commas"));
}

TEST(CronRefusal, NamesTheNearestName) {
    EXPECT_THAT(refusal("0 0 * * monday"), HasSubstr("did you mean MON?"));
    EXPECT_THAT(refusal("0 0 * * TUW"), HasSubstr("did you mean TUE?"));
    EXPECT_THAT(refusal("0 0 * september *"), HasSubstr("did you mean SEP?"));
    EXPECT_THAT(refusal("0 0 * * foo"), HasSubstr("names are SUN to SAT"));
    EXPECT_THAT(refusal("noon * * * *"), HasSubstr("\"noon\" is no number from 0 to 59"));
    EXPECT_THAT(refusal("@hourley"), HasSubstr("did you mean @hourly?"));
    EXPECT_THAT(refusal("@"), HasSubstr("known are @every, @yearly"));
}

TEST(CronRefusal, SaysWhatToWriteInstead) {
    EXPECT_THAT(refusal("0 22-2 * * *"), HasSubstr("the range runs backwards; write 22-23,0-2"));
    EXPECT_THAT(refusal("0 0 * * FRI-MON"), HasSubstr("write 5-6,0-1"));
    EXPECT_THAT(refusal("0 0 31-1 * *"), HasSubstr("write 31,1"));
    EXPECT_THAT(refusal("*/0 * * * *"), HasSubstr("a step of 0 never moves on"));
    EXPECT_THAT(refusal("*/90 * * * *"), HasSubstr("or an interval such as @every 90m"));
    EXPECT_THAT(refusal("*/x * * * *"), HasSubstr("the step \"x\" is no number"));
    EXPECT_THAT(refusal("*/ * * * *"), HasSubstr("the step \"\" is no number"));
    EXPECT_THAT(refusal("*-5 * * * *"), HasSubstr("write * or */n"));
    EXPECT_THAT(refusal("? * * * *"), HasSubstr("? is for the day and the weekday only"));
    EXPECT_THAT(refusal("0 0 * ? *"), HasSubstr("month \"?\""));
    EXPECT_THAT(refusal("H * * * *"), HasSubstr("spread schedules by their jitter"));
    EXPECT_THAT(refusal("H(0-29)/10 * * * *"), HasSubstr("spread schedules by their jitter"));
    EXPECT_THAT(refusal("0~30 * * * *"), HasSubstr("spread schedules by their jitter"));
    EXPECT_THAT(refusal("0 0 L3 * *"), HasSubstr("with L there are L, L-3 and LW"));
    EXPECT_THAT(refusal("0 0 L-31 * *"), HasSubstr("\"31\" is no number from 0 to 30"));
    EXPECT_THAT(refusal("0 0 32W * *"), HasSubstr("\"32\" is no number from 1 to 31"));
    EXPECT_THAT(refusal("0 0 W * *"), HasSubstr("\"\" is no number from 1 to 31"));
    EXPECT_THAT(refusal("0 0 * * L"), HasSubstr("write 5L for the last Friday, 6 for Saturday"));
    EXPECT_THAT(refusal("0 0 * * 5#6"), HasSubstr("\"6\" is no number from 1 to 5"));
    EXPECT_THAT(refusal("0 0 * * #2"), HasSubstr("a value is missing"));
    EXPECT_THAT(refusal("0 L * * *"), HasSubstr("hour \"L\""));
    EXPECT_THAT(refusal(""), HasSubstr("is empty"));
    EXPECT_THAT(refusal("* * * *"), HasSubstr("has 4 fields; write five"));
    EXPECT_THAT(refusal("0 0 12 * * ? 2026"), HasSubstr("give the schedule a start and an end"));
    EXPECT_THAT(refusal("* * * * * * * *"), HasSubstr("has 8 fields"));
    EXPECT_THAT(refusal("@reboot"), HasSubstr("let the program enqueue a job when it starts"));
    EXPECT_THAT(refusal("@every 5m"), HasSubstr("is an interval"));
    EXPECT_THAT(refusal("TZ=UTC 0 0 * * *"), HasSubstr("give the zone on its own"));
    EXPECT_THAT(refusal(std::string(513, '*')), HasSubstr("has 513 bytes, at most 512"));
}

TEST(CronRefusal, KnowsWhatNeverFits) {
    EXPECT_THAT(refusal("0 0 30 2 *"), HasSubstr("never fits"));
    EXPECT_THAT(refusal("0 0 31 2,4,6,9,11 *"), HasSubstr("never fits"));
    EXPECT_THAT(refusal("0 0 L-30 2,4 *"), HasSubstr("never fits"));
    EXPECT_THAT(refusal("0 0 30W 2 *"), HasSubstr("never fits"));
    EXPECT_EQ(canonical("0 0 29 2 *"), "0 0 29 2 *");
    EXPECT_EQ(canonical("0 0 30 2 1"), "0 0 30 2 1");  // or any Monday
    EXPECT_EQ(canonical("0 0 */28 2 0#5"), "0 0 */28 2 0#5");
}

TEST(CronLine, MayNameAZoneOrAnInterval) {
    const auto line = parse_cron_line("CRON_TZ=Europe/Berlin  0 2 * * *");
    EXPECT_EQ(line.timezone, "Europe/Berlin");
    EXPECT_EQ(std::get<CronExpression>(line.timing), CronExpression::parse("0 2 * * *"));
    EXPECT_EQ(parse_cron_line("TZ=UTC @daily").timezone, "UTC");
    EXPECT_EQ(parse_cron_line("0 2 * * *").timezone, "");
    EXPECT_EQ(std::get<Duration>(parse_cron_line("@every 90s").timing), 90s);
    EXPECT_EQ(std::get<Duration>(parse_cron_line(" @EVERY  1h30m ").timing), 90min);
    const auto refused = [](std::string_view text) {
        return message_of_refusal([&] { (void)parse_cron_line(text); });
    };
    EXPECT_THAT(refused("@every soon"), HasSubstr(R"(cron "@every soon": duration "soon")"));
    EXPECT_THAT(refused("@every"), HasSubstr("duration \"\": is empty"));
    EXPECT_THAT(refused("@everyday"), HasSubstr("is an interval"));
    EXPECT_THAT(refused("CRON_TZ= 0 2 * * *"), HasSubstr("no zone follows CRON_TZ="));
    EXPECT_THAT(refused("CRON_TZ=UTC"), HasSubstr("is empty"));
    EXPECT_THAT(refused("CRON_TZ=UTC 0 25 * * *"), HasSubstr("hour \"25\""));
}

TEST(DstRuleText, IsReadBack) {
    for (const auto rule : {DstRule::vixie, DstRule::skip, DstRule::utc})
        EXPECT_EQ(parse_dst_rule(to_string(rule)), rule);
    EXPECT_THAT(message_of_refusal([] { (void)parse_dst_rule("vixi"); }),
                HasSubstr(R"(dst: "vixi" is none of vixie, skip, utc; did you mean vixie?)"));
}

}  // namespace
}  // namespace errand
