#include "core/schedule/tick_job.hpp"

#include "core/schedule/definition.hpp"

#include <errand/limits.hpp>

#include <gtest/gtest.h>

namespace errand {
namespace {

using namespace std::chrono_literals;

const Timestamp tick = parse_timestamp("2026-01-31T02:30:00Z");
const Timestamp now = parse_timestamp("2026-01-31T02:30:07Z");

ScheduleDefinition nightly() {
    ScheduleDefinition definition{
        .name = "nightly", .spec = {.timing = CronExpression::parse("30 2 * * *")}, .job = {}};
    definition.job.type = "report.build";
    definition.job.queue = "reports";
    return definition;
}

TEST(TickJob, IsTheDefinitionsWithItsId) {
    const JobId id = new_job_id();
    NewJob expected = nightly().job;
    expected.id = id;
    expected.meta = R"({"errand":{"schedule":"nightly","tick":"2026-01-31T02:30:00.000000Z"}})";
    EXPECT_EQ(core::make_tick_job(nightly(), FireKind::tick, tick, id, now), expected);
}

TEST(TickJob, KeepsTheMetaByteByByte) {
    ScheduleDefinition definition = nightly();
    definition.job.meta = R"( { "a" : 1.000 } )";
    EXPECT_EQ(core::make_tick_job(definition, FireKind::run_now, tick, JobId{}, now).meta,
              R"( { "a" : 1.000 ,"errand":{"schedule":"nightly"}})");
    definition.job.meta = "{ }";
    EXPECT_EQ(core::make_tick_job(definition, FireKind::run_now, tick, JobId{}, now).meta,
              R"({ "errand":{"schedule":"nightly"}})");
}

TEST(TickJob, SharesAKeyWhereTicksQueueUp) {
    ScheduleDefinition definition = nightly();
    definition.spec.overlap = OverlapPolicy::queue;
    EXPECT_EQ(core::make_tick_job(definition, FireKind::tick, tick, JobId{}, now).key,
              "schedule:nightly");
    definition.spec.overlap = OverlapPolicy::skip;
    definition.job.key = "own";
    EXPECT_EQ(core::make_tick_job(definition, FireKind::tick, tick, JobId{}, now).key, "own");
}

TEST(TickJob, ExpiresFromWhenItIsMade) {
    ScheduleDefinition definition = nightly();
    definition.expires_in = 1h;
    EXPECT_EQ(core::make_tick_job(definition, FireKind::tick, tick, JobId{}, now).expires_at,
              now + 1h);
    definition.expires_in = max_duration;
    EXPECT_EQ(
        core::make_tick_job(definition, FireKind::tick, tick, JobId{}, max_timestamp).expires_at,
        max_timestamp);
}

TEST(TickJob, SaysWhereItComesFrom) {
    struct Case {
        FireKind kind;
        bool has_tick;
        bool rehearsal;
    };
    for (const Case& expected :
         {Case{FireKind::tick, true, false}, Case{FireKind::backfill, true, false},
          Case{FireKind::run_now, false, false}, Case{FireKind::rehearsal, false, true}}) {
        for (const std::string meta : {"", R"({"errands":"errand","b":[{"errand":1}]})"}) {
            ScheduleDefinition definition = nightly();
            definition.job.meta = meta;
            const auto job = core::make_tick_job(definition, expected.kind, tick, JobId{}, now);
            const auto origin = core::tick_origin(job.meta);
            EXPECT_EQ(origin.schedule, "nightly") << job.meta;
            EXPECT_EQ(origin.tick, expected.has_tick ? std::optional{tick} : std::nullopt);
            EXPECT_EQ(origin.rehearsal, expected.rehearsal);
        }
    }
}

TEST(TickOrigin, IsNobodyWhereItCannotBeRead) {
    for (const char* const meta :
         {"", "{}", "errand", R"({"errand":)", R"({"errand":7})", R"({"errand":{"tick":"now"}})",
          R"({"errand":{"rehearsal":true}})", R"({"errand":{"schedule":5}})",
          R"({"a":{"errand":{"schedule":"nightly"}}})"}) {
        const auto origin = core::tick_origin(meta);
        EXPECT_EQ(origin.schedule, "") << meta;
        EXPECT_FALSE(origin.tick) << meta;
        EXPECT_FALSE(origin.rehearsal) << meta;
    }
}

}  // namespace
}  // namespace errand
