#include "cli/config.hpp"

#include "expect_error.hpp"

#include <gmock/gmock.h>

namespace errand::cli::test {
namespace {

using testing::HasSubstr;
using testing::SizeIs;
using testing::StartsWith;
using namespace std::chrono_literals;

std::string refusal(std::string_view text) {
    return error_of([&] { (void)parse_config(text, "errand.toml"); });
}

ScheduleDefinition only_schedule(std::string_view text) {
    const auto config = parse_config(text, "errand.toml");
    EXPECT_THAT(config.schedules, SizeIs(1));
    return schedule_of(config.schedules.at(0).name, config.schedules.at(0).words);
}

TEST(ConfigSchedules, EveryKeyHasItsPlace) {
    const auto schedule = only_schedule(R"toml(
[schedules.nightly]
cron = "30 2 * * *"
timezone = "Europe/Berlin"
dst = "skip"
start = "2026-01-01T00:00:00Z"
end = "2027-01-01T00:00:00Z"
jitter = "5m"
exclude = ["2026-12-24/2026-12-26", "2026-12-31"]
misfire = "all"
misfire_after = "10m"
catchup = "2d"
overlap = "skip"
type = "report.build"
args = [{ region = "eu" }, 7]
queue = "reports"
key = "eu"
priority = -3
max_attempts = 5
retry = "fixed(30s)"
timeout = "10m"
expires_in = "1h"
tags = ["report", "eu"]
meta = { team = "billing" }
require_rehearsal = true
)toml");
    EXPECT_EQ(schedule.name, "nightly");
    const auto& spec = schedule.spec;
    EXPECT_EQ(to_string(std::get<CronExpression>(spec.timing)), "30 2 * * *");
    EXPECT_EQ(spec.timezone, "Europe/Berlin");
    EXPECT_EQ(spec.dst, DstRule::skip);
    EXPECT_EQ(spec.start, parse_timestamp("2026-01-01T00:00:00Z"));
    EXPECT_EQ(spec.end, parse_timestamp("2027-01-01T00:00:00Z"));
    EXPECT_EQ(spec.jitter, Duration{5min});
    EXPECT_THAT(spec.exclusions, SizeIs(2));
    EXPECT_EQ(spec.misfire, MisfirePolicy::all);
    EXPECT_EQ(spec.misfire_after, Duration{10min});
    EXPECT_EQ(spec.catchup_window, Duration{48h});
    EXPECT_EQ(spec.overlap, OverlapPolicy::skip);
    const auto& job = schedule.job;
    EXPECT_EQ(job.type, "report.build");
    EXPECT_EQ(job.args, R"([{"region":"eu"},7])");
    EXPECT_EQ(job.queue, "reports");
    EXPECT_EQ(job.key, "eu");
    EXPECT_EQ(job.priority, -3);
    EXPECT_EQ(job.max_attempts, 5U);
    EXPECT_EQ(job.retry, RetryPolicy::fixed(30s));
    EXPECT_EQ(job.timeout, Duration{10min});
    EXPECT_EQ(schedule.expires_in, Duration{1h});
    EXPECT_THAT(job.tags, testing::UnorderedElementsAre("report", "eu"));
    EXPECT_THAT(job.meta, HasSubstr("billing"));
    EXPECT_TRUE(schedule.require_rehearsal);
}

TEST(ConfigSchedules, MostKeysMayBeMissing) {
    const auto schedule = only_schedule("[schedules.a]\nevery = '15m'\ntype = 'x'\n");
    EXPECT_EQ(std::get<Interval>(schedule.spec.timing).length, Duration{15min});
    EXPECT_EQ(schedule.job.args, "[]");
    EXPECT_EQ(schedule.job.queue, "default");
    const auto config = parse_config(
        "[schedules.a]\nat = '2027-01-01T00:00:00Z'\ntype = 'x'\n"
        "args = '{\"n\": 12345678901234567890}'\narmed = false\n",
        "errand.toml");
    EXPECT_FALSE(config.schedules.at(0).armed);
    EXPECT_EQ(schedule_of("a", config.schedules.at(0).words).job.args,
              "[{\"n\": 12345678901234567890}]");
}

TEST(ConfigSchedules, CalendarsAreNotReadBeforeAWorkerStarts) {
    const auto config = parse_config(
        "[schedules.a]\nevery = '15m'\ntype = 'x'\ncalendar = 'nowhere.ics'\n", "errand.toml");
    EXPECT_THAT(error_of([&] { (void)schedule_of("a", config.schedules.at(0).words); }),
                HasSubstr("calendar: \"nowhere.ics\" cannot be read"));
}

TEST(ConfigSchedules, WhatIsWrongIsSaidWithItsPlace) {
    EXPECT_THAT(refusal("\n[schedules.a]\ncron = '0 25 * * *'\ntype = 'x'\n"),
                testing::AllOf(StartsWith("errand.toml:2: [schedules.a]"), HasSubstr("hour")));
    EXPECT_THAT(refusal("[schedules.a]\nevery = '15m'\n"), HasSubstr("type"));
    EXPECT_THAT(refusal("[schedules.a]\ntype = 'x'\n"), HasSubstr("cron, every and at"));
    EXPECT_THAT(refusal("[schedules.a]\nevery = '15m'\ntype = 'x'\nmisfires = 'all'\n"),
                HasSubstr("did you mean `misfire`?"));
    EXPECT_THAT(refusal("[schedules.a]\nevery = '15m'\ntype = 'x'\nargs = '[1'\n"),
                HasSubstr("args: not valid JSON"));
    EXPECT_THAT(refusal("[schedules.a]\nevery = '15m'\ntype = 'x'\nargs = 3\n"),
                HasSubstr("must be a list, a table, or JSON in quotes"));
    EXPECT_THAT(refusal("[schedules.a]\nevery = '15m'\ntype = 'x'\narmed = 'no'\n"),
                HasSubstr("must be true or false"));
    EXPECT_THAT(refusal("[schedules.a]\nevery = '15m'\ntype = 'x'\npriority = 'high'\n"),
                HasSubstr("must be a whole number"));
    EXPECT_THAT(refusal("[schedules.'a b']\nevery = '15m'\ntype = 'x'\n"), HasSubstr("name"));
}

}  // namespace
}  // namespace errand::cli::test
