#include <errand/schedule.hpp>

#include "unit/expect_error.hpp"

namespace errand {
namespace {

using namespace std::chrono_literals;
using test::message_of_refusal;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string refusal(std::string_view json) {
    const auto message = message_of_refusal([&] { (void)parse_schedule_spec(json); });
    EXPECT_THAT(message, StartsWith("schedule: "));
    return message.substr(10);
}

TEST(ScheduleJson, HasEveryPolicyAndWhatIsSet) {
    const ScheduleSpec spec{.timing = CronExpression::parse("30 2 * * MON-FRI")};
    EXPECT_EQ(to_json_text(spec),
              R"({"cron":"30 2 * * 1-5","timezone":"UTC","dst":"vixie","misfire":"latest",)"
              R"("misfire_after":"1m","catchup_window":"1w","overlap":"allow"})");
}

TEST(ScheduleJson, IsReadBack) {
    const DateRange christmas{2026y / 12 / 24, 2026y / 12 / 26};
    const DateRange new_year{2027y / 1 / 1, 2027y / 1 / 1};
    const std::vector<ScheduleTiming> timings{CronExpression::parse("*/5 0 2 L * 1#2"),
                                              Interval{90s},
                                              OneTime{parse_timestamp("2026-05-01T08:00:00Z")}};
    for (const auto& timing : timings) {
        ScheduleSpec spec{.timing = timing,
                          .timezone = "Europe/Berlin",
                          .dst = DstRule::skip,
                          .exclusions = {christmas, new_year},
                          .jitter = 30s,
                          .misfire = MisfirePolicy::all,
                          .misfire_after = 0s,
                          .catchup_window = 1h,
                          .overlap = OverlapPolicy::cancel_previous};
        if (!std::holds_alternative<OneTime>(timing)) {
            spec.start = parse_timestamp("2026-01-01T00:00:00Z");
            spec.end = parse_timestamp("2030-01-01T00:00:00.5Z");
        }
        EXPECT_EQ(parse_schedule_spec(to_json_text(spec)), spec) << to_json_text(spec);
    }
}

TEST(ScheduleJson, FillsInDefaults) {
    EXPECT_EQ(parse_schedule_spec(R"({"every":"15m"})"), (ScheduleSpec{.timing = Interval{15min}}));
    EXPECT_EQ(parse_schedule_spec(R"({"every":"15m","start":null,"dst":null})"),
              (ScheduleSpec{.timing = Interval{15min}}));
}

TEST(ScheduleJson, ReadsAWholeLineOfCron) {
    EXPECT_EQ(parse_schedule_spec(R"({"cron":"@every 90s"})").timing,
              ScheduleTiming{Interval{90s}});
    const auto spec = parse_schedule_spec(R"({"cron":"CRON_TZ=Europe/Berlin @daily"})");
    EXPECT_EQ(spec.timezone, "Europe/Berlin");
    EXPECT_EQ(spec.timing, ScheduleTiming{CronExpression::parse("@daily")});
    EXPECT_EQ(
        parse_schedule_spec(R"({"timezone":"Asia/Tokyo","cron":"TZ=Asia/Tokyo @daily"})").timezone,
        "Asia/Tokyo");
    EXPECT_THAT(refusal(R"({"timezone":"UTC","cron":"TZ=Asia/Tokyo @daily"})"),
                HasSubstr(R"(timezone: "UTC" is not the "Asia/Tokyo" of the cron expression)"));
}

TEST(ScheduleJson, MergesExclusions) {
    const auto spec = parse_schedule_spec(
        R"({"cron":"@daily","exclusions":["2026-12-26","2026-12-24/2026-12-25","2026-01-01"]})");
    EXPECT_THAT(spec.exclusions, ElementsAre(DateRange{2026y / 1 / 1, 2026y / 1 / 1},
                                             DateRange{2026y / 12 / 24, 2026y / 12 / 26}));
    EXPECT_THAT(to_json_text(spec),
                HasSubstr(R"("exclusions":["2026-01-01","2026-12-24/2026-12-26"])"));
}

TEST(ScheduleJson, NamesTheFieldThatIsWrong) {
    EXPECT_THAT(refusal("[]"), HasSubstr("not a JSON object; write for example"));
    EXPECT_THAT(refusal("{}"), HasSubstr("there is none of cron, every and at"));
    EXPECT_THAT(refusal(R"({"cronn":"@daily"})"),
                HasSubstr(R"(unknown member "cronn"; did you mean "cron"?)"));
    EXPECT_THAT(refusal(R"({"colour":"red"})"), HasSubstr("known are cron, every, at"));
    EXPECT_THAT(refusal(R"({"cron":"@daily","every":"1h"})"), HasSubstr("every: is the second of"));
    EXPECT_THAT(refusal(R"({"cron":"0 25 * * *"})"), HasSubstr(R"(cron: cron "0 25 * * *": hour)"));
    EXPECT_THAT(refusal(R"({"cron":5})"), HasSubstr("cron: must be a text such as"));
    EXPECT_THAT(refusal(R"({"every":"500ms"})"),
                HasSubstr("every: 500ms is out of bounds; write 1s"));
    EXPECT_THAT(refusal(R"({"every":"soon"})"), HasSubstr("every: duration \"soon\""));
    EXPECT_THAT(refusal(R"({"at":"noon"})"), HasSubstr("at: time \"noon\""));
    EXPECT_THAT(refusal(R"({"at":"2026-01-01T00:00:00Z","start":"2026-01-01T00:00:00Z"})"),
                HasSubstr("at: a single time has neither start nor end"));
    EXPECT_THAT(refusal(R"({"cron":"@daily","timezone":"../etc"})"),
                HasSubstr("time zone \"../etc\""));
    EXPECT_THAT(refusal(R"({"cron":"@daily","dst":"vixe"})"),
                HasSubstr("dst: \"vixe\" is none of vixie, skip, utc; did you mean vixie?"));
    EXPECT_THAT(refusal(R"({"cron":"@daily","misfire":"none"})"), HasSubstr("skip, latest, all"));
    EXPECT_THAT(refusal(R"({"cron":"@daily","overlap":"cancel"})"), HasSubstr("cancel_previous"));
    EXPECT_THAT(refusal(R"({"cron":"@daily","jitter":"40000d"})"), HasSubstr("jitter"));
    EXPECT_THAT(
        refusal(R"({"cron":"@daily","start":"2027-01-01T00:00:00Z","end":"2026-01-01T00:00:00Z"})"),
        HasSubstr("end: 2026-01-01T00:00:00.000000Z lies before the start"));
    EXPECT_THAT(refusal(R"({"cron":"@daily","exclusions":"2026-01-01"})"),
                HasSubstr("a list of dates"));
    EXPECT_THAT(refusal(R"({"cron":"@daily","exclusions":["2026-02-30"]})"),
                HasSubstr("exclusions: date \"2026-02-30\": there is no such day"));
    EXPECT_THAT(refusal(R"({"cron":"@daily","exclusions":["2026-02-02/2026-02-01"]})"),
                HasSubstr("ends before it begins"));
    EXPECT_THAT(refusal(R"({"cron":"@daily","cron":"@daily"})"), HasSubstr("is given twice"));
}

}  // namespace
}  // namespace errand
