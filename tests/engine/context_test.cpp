#include "support/fake_context.hpp"

#include <gmock/gmock.h>

namespace errand::testing {
namespace {

TEST(ContextOrigin, AJobKnowsItsScheduleAndTick) {
    FakeContext job;
    job.job_meta =
        R"({"team":"billing","errand":{"schedule":"nightly","tick":"2026-03-29T01:00:00Z"}})";
    EXPECT_EQ(job.schedule(), "nightly");
    EXPECT_EQ(job.tick(), parse_timestamp("2026-03-29T01:00:00Z"));
    EXPECT_FALSE(job.rehearsal());
}

TEST(ContextOrigin, ARehearsalStandsForNoTick) {
    FakeContext job;
    job.job_meta = R"({"errand":{"schedule":"nightly","rehearsal":true}})";
    EXPECT_EQ(job.schedule(), "nightly");
    EXPECT_EQ(job.tick(), std::nullopt);
    EXPECT_TRUE(job.rehearsal());
}

TEST(ContextOrigin, OtherJobsHaveNone) {
    for (const auto* meta : {"", "{}", R"({"errand":7})", R"({"note":"errand"})"}) {
        FakeContext job;
        job.job_meta = meta;
        EXPECT_EQ(job.schedule(), "") << meta;
        EXPECT_EQ(job.tick(), std::nullopt) << meta;
        EXPECT_FALSE(job.rehearsal()) << meta;
    }
}

}  // namespace
}  // namespace errand::testing
