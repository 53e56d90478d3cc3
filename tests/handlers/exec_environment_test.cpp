#include "exec_support.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>

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

/// A job in a workflow, after others.
class FakeMembership final : public Membership {
public:
    std::vector<ParentResult> parents;

    [[nodiscard]] WorkflowId workflow() override {
        return WorkflowId{{9, 9, 9, 9, 9, 9, 0x79, 9, 0x89, 9, 9, 9, 9, 9, 9, 9}};
    }
    [[nodiscard]] std::string name() override { return "publish"; }
    [[nodiscard]] std::vector<ParentResult> parent_results() override { return parents; }
    [[nodiscard]] std::vector<AddResult> add(std::vector<WorkflowJob> /*jobs*/) override {
        return {};
    }
};

TEST(ExecEnvironment, TellsWhatTheParentsMade) {
    FakeMembership member;
    member.parents = {{"encode", {}, JobState::completed, R"({"frames":250})"},
                      {"scan \"1\"", {}, JobState::discarded, ""}};
    FakeContext job;
    job.job_membership = &member;
    EXPECT_THAT(
        environment_of({}, job),
        AllOf(Contains("ERRAND_WORKFLOW_ID=09090909-0909-7909-8909-090909090909"),
              Contains("ERRAND_WORKFLOW_JOB=publish"),
              Contains(R"(ERRAND_PARENT_RESULTS={"encode":{"frames":250},"scan \"1\"":null})"),
              Contains("ERRAND_PARENT_RESULTS_FILE=")));
}

TEST(ExecEnvironment, LargeResultsOfTheParentsAreInAFileWhileTheProgramRuns) {
    FakeMembership member;
    member.parents = {{"encode", {}, JobState::completed, '"' + std::string(70'000, 'x') + '"'}};
    FakeContext job;
    job.job_membership = &member;
    static_cast<void>(
        run({.command =
                 {"sh", "-c",
                  "echo \"var $ERRAND_PARENT_RESULTS\"; wc -c < \"$ERRAND_PARENT_RESULTS_FILE\"; "
                  "echo \"$ERRAND_PARENT_RESULTS_FILE\""}},
            job));
    const auto lines = job.log_lines();
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_EQ(lines[0], "var ");
    EXPECT_EQ(lines[1], "70013");
    EXPECT_FALSE(std::filesystem::exists(lines[2])) << lines[2];
}

TEST(ExecEnvironment, AJobOutsideAWorkflowInheritsNoneFromTheWorker) {
    ::setenv("ERRAND_WORKFLOW_ID", "another", 1);
    FakeContext job;
    const auto lines = environment_of({}, job);
    ::unsetenv("ERRAND_WORKFLOW_ID");
    EXPECT_THAT(lines, AllOf(Contains("ERRAND_WORKFLOW_ID="), Contains("ERRAND_PARENT_RESULTS=")));
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
