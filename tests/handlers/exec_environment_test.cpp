#include "exec_support.hpp"

#include <gmock/gmock.h>

#include <cstdlib>

namespace errand::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Not;
using ::testing::StartsWith;

std::vector<std::string> environment_of(const ExecOptions& base, FakeContext& job) {
    auto options = base;
    options.command = {"env"};
    static_cast<void>(run(options, job));
    return job.log_lines();
}

TEST(ExecEnvironment, TellsTheProgramAboutItsJob) {
    FakeContext job;
    job.job_type = "report.build";
    job.job_attempt = 3;
    job.job_lease_seq = 18'000'000'000'000'000'000U;
    job.job_deadline = Timestamp{std::chrono::seconds{1'700'000'000}};
    job.job_meta = R"({"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"})";
    EXPECT_THAT(
        environment_of({}, job),
        AllOf(Contains("ERRAND_JOB_ID=01020304-0506-7708-990a-0b0c0d0e0f10"),
              Contains("ERRAND_JOB_TYPE=report.build"), Contains("ERRAND_ATTEMPT=3"),
              Contains("ERRAND_LEASE_SEQ=18000000000000000000"),
              Contains("ERRAND_DEADLINE=2023-11-14T22:13:20.000000Z"),
              Contains("ERRAND_REHEARSAL=0"), Contains("ERRAND_SCHEDULE="),
              Contains("ERRAND_TICK="),
              Contains("TRACEPARENT=00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")));
}

TEST(ExecEnvironment, TellsWhichTickItIsFor) {
    FakeContext job;
    job.job_meta =
        R"({"errand":{"schedule":"nightly","tick":"2026-03-29T01:00:00Z","rehearsal":true}})";
    // What the worker inherited is not the job's.
    ::setenv("ERRAND_SCHEDULE", "another", 1);
    const auto lines = environment_of({}, job);
    ::unsetenv("ERRAND_SCHEDULE");
    EXPECT_THAT(lines, AllOf(Contains("ERRAND_REHEARSAL=1"), Contains("ERRAND_SCHEDULE=nightly"),
                             Contains("ERRAND_TICK=2026-03-29T01:00:00.000000Z")));
}

TEST(ExecEnvironment, WhatIsMissingIsEmptyOrAbsent) {
    ::setenv("TRACEPARENT", "00-the-workers-own", 1);
    FakeContext job;
    const auto lines = environment_of({}, job);
    ::unsetenv("TRACEPARENT");
    EXPECT_THAT(lines,
                AllOf(Contains("ERRAND_DEADLINE="), Not(Contains(StartsWith("TRACEPARENT=")))));
}

TEST(ExecEnvironment, OptionsGoBeforeTheWorkersOwnAndTheJobBeforeBoth) {
    ::setenv("ERRAND_TEST_A", "worker", 1);
    ::setenv("ERRAND_TEST_B", "worker", 1);
    FakeContext job;
    const auto lines = environment_of(
        {.environment = {{"ERRAND_TEST_B", "options"}, {"ERRAND_ATTEMPT", "9"}}}, job);
    ::unsetenv("ERRAND_TEST_A");
    ::unsetenv("ERRAND_TEST_B");
    EXPECT_THAT(lines, AllOf(Contains("ERRAND_TEST_A=worker"), Contains("ERRAND_TEST_B=options"),
                             Not(Contains("ERRAND_TEST_B=worker")), Contains("ERRAND_ATTEMPT=1")));
}

TEST(ExecEnvironment, TheProgramIsSoughtAlongTheGivenPath) {
    EXPECT_EQ(run({.command = {"sh", "-c", "exit 0"}, .environment = {{"PATH", "/nowhere"}}})
                  .error_type(),
              "exec");
    EXPECT_EQ(run({.command = {"sh", "-c", "exit 0"}, .environment = {{"PATH", ":/nowhere::/bin"}}})
                  .kind(),
              Outcome::Kind::done);
}

}  // namespace
}  // namespace errand::testing
