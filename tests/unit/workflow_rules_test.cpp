#include "core/job_text.hpp"
#include "core/workflow/callbacks.hpp"
#include "core/workflow/rules.hpp"
#include "expect_error.hpp"

#include <errand/workflow.hpp>

#include <gmock/gmock.h>

#include <set>
#include <string>

namespace errand {
namespace {

using namespace std::chrono_literals;
using core::NodeState;
using core::Verdict;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(WorkflowNames, ArePrintedAndReadBack) {
    for (const auto policy : {OnFailure::fail, OnFailure::go_on, OnFailure::ignore})
        EXPECT_EQ(parse_on_failure(to_string(policy)), policy);
    EXPECT_EQ(to_string(OnFailure::go_on), "continue");
    EXPECT_EQ(parse_on_failure("go_on"), std::nullopt);
    for (const auto state :
         {WorkflowState::running, WorkflowState::completed, WorkflowState::partial,
          WorkflowState::failed, WorkflowState::cancelled}) {
        EXPECT_EQ(parse_workflow_state(to_string(state)), state);
    }
    EXPECT_EQ(parse_workflow_state("unknown"), std::nullopt);
    EXPECT_EQ(to_string(static_cast<WorkflowState>(9)), "unknown");
    EXPECT_EQ(to_string(static_cast<OnFailure>(9)), "unknown");
}

TEST(WorkflowRules, AJobThatWasNotReleasedWasSkipped) {
    EXPECT_EQ(core::state_after(NodeState::pending, JobState::cancelled), NodeState::skipped);
    EXPECT_EQ(core::state_after(NodeState::released, JobState::cancelled), NodeState::failed);
    EXPECT_EQ(core::state_after(NodeState::released, JobState::discarded), NodeState::failed);
    EXPECT_EQ(core::state_after(NodeState::released, JobState::completed), NodeState::completed);
}

TEST(WorkflowRules, OnlyAFailureWithThePolicyFailForbids) {
    for (const auto policy : {OnFailure::fail, OnFailure::go_on, OnFailure::ignore}) {
        EXPECT_FALSE(core::is_bad(NodeState::pending, policy));
        EXPECT_FALSE(core::is_bad(NodeState::released, policy));
        EXPECT_FALSE(core::is_bad(NodeState::completed, policy));
        EXPECT_EQ(core::is_bad(NodeState::failed, policy), policy == OnFailure::fail);
        EXPECT_EQ(core::is_bad(NodeState::skipped, policy), policy == OnFailure::fail);
    }
}

TEST(WorkflowRules, AJobWaitsForAllItsParents) {
    EXPECT_EQ(core::verdict_on(0, 0), Verdict::release);
    EXPECT_EQ(core::verdict_on(1, 0), Verdict::wait);
    EXPECT_EQ(core::verdict_on(1, 1), Verdict::wait);
    EXPECT_EQ(core::verdict_on(0, 1), Verdict::skip);
}

TEST(WorkflowRules, AFailureCountsUnlessAllIgnoreIt) {
    EXPECT_TRUE(core::failure_counts(0, 0));
    EXPECT_TRUE(core::failure_counts(2, 1));
    EXPECT_FALSE(core::failure_counts(2, 2));
}

TEST(WorkflowRules, AWorkflowEndsAsItsJobsDid) {
    const auto end = [](WorkflowCounts counts, bool cancelled, bool failures_count) {
        EXPECT_TRUE(core::is_over(counts));
        return core::end_of_workflow(counts, cancelled, failures_count);
    };
    EXPECT_EQ(end({.completed = 3}, false, false), WorkflowState::completed);
    EXPECT_EQ(end({.completed = 3}, true, false), WorkflowState::cancelled);
    EXPECT_EQ(end({.completed = 2, .failed = 1}, false, true), WorkflowState::partial);
    EXPECT_EQ(end({.completed = 2, .failed = 1}, false, false), WorkflowState::completed);
    EXPECT_EQ(end({.completed = 2, .failed = 1, .skipped = 1}, false, true), WorkflowState::failed);
    EXPECT_EQ(end({.completed = 2, .skipped = 1}, false, false), WorkflowState::failed);
    EXPECT_EQ(end({.failed = 2}, false, true), WorkflowState::failed);
    EXPECT_EQ(end({.failed = 2}, true, true), WorkflowState::cancelled);
    EXPECT_FALSE(core::is_over({.pending = 1}));
    EXPECT_FALSE(core::is_over({.released = 1, .completed = 4}));
}

TEST(WorkflowRules, CountsNeverGoPastZero) {
    WorkflowCounts counts{.released = 1};
    EXPECT_TRUE(core::move_count(counts, NodeState::released, NodeState::failed));
    EXPECT_EQ(counts, (WorkflowCounts{.failed = 1}));
    EXPECT_FALSE(core::move_count(counts, NodeState::released, NodeState::failed));
    EXPECT_EQ(counts, (WorkflowCounts{.failed = 1}));
    for (const auto state : {NodeState::pending, NodeState::released, NodeState::completed,
                             NodeState::failed, NodeState::skipped}) {
        ++core::count_of(counts, state);
    }
    EXPECT_EQ(counts, (WorkflowCounts{1, 1, 1, 2, 1}));
}

NewJob of_type(std::string_view type) {
    NewJob job;
    job.type = type;
    return job;
}

TEST(WorkflowCallbacks, AreThoseOfTheEnd) {
    const WorkflowCallbacks all{of_type("success"), of_type("failure"), of_type("complete")};
    const auto types = [&](WorkflowState end) {
        std::string text;
        for (const NewJob& job : core::callbacks_of(new_job_id(), 1, end, all))
            text += job.type + " ";
        return text;
    };
    EXPECT_EQ(types(WorkflowState::completed), "success complete ");
    EXPECT_EQ(types(WorkflowState::partial), "failure complete ");
    EXPECT_EQ(types(WorkflowState::failed), "failure complete ");
    EXPECT_EQ(types(WorkflowState::cancelled), "complete ");
    EXPECT_EQ(types(WorkflowState::running), "");
    EXPECT_THAT(core::callbacks_of(new_job_id(), 1, WorkflowState::failed, {}), IsEmpty());
}

TEST(WorkflowCallbacks, HaveIdsThatFollowFromTheEnd) {
    std::set<JobId> ids;
    std::size_t made = 0;
    for (int workflow = 0; workflow < 100; ++workflow) {
        const WorkflowId id = new_job_id();
        for (std::uint32_t run = 1; run <= 100; ++run) {
            for (const auto kind : {core::CallbackKind::success, core::CallbackKind::failure,
                                    core::CallbackKind::complete}) {
                const JobId callback = core::callback_id(id, run, kind);
                EXPECT_EQ(callback, core::callback_id(id, run, kind));
                EXPECT_EQ(to_string(callback)[14], '7') << "a UUIDv7";
                EXPECT_EQ(callback.bytes[8] >> 6, 2) << "of the usual variant";
                EXPECT_EQ(to_string(callback).substr(0, 13), to_string(id).substr(0, 13));
                ids.insert(callback);
                ++made;
            }
        }
        ids.insert(id);
        ++made;
    }
    EXPECT_THAT(ids, SizeIs(made));
    // The ids of jobs that were made already must be the same in each version.
    EXPECT_EQ(to_string(core::callback_id(*JobId::parse("0190a0b0-1234-7abc-8def-0123456789ab"), 1,
                                          core::CallbackKind::success)),
              "0190a0b0-1234-7abf-bec6-33001507ae8f");
}

TEST(JobText, IsReadBackToTheSameJob) {
    NewJob job = of_type("t\"\\\n");
    EXPECT_EQ(core::read_new_job(core::new_job_text(job)), job);
    job.args = "[1.00, 9007199254740993]";
    job.queue = "mail";
    job.meta = R"({ "a":1.0 })";
    job.tags = {"x", "y"};
    job.priority = -3;
    job.max_attempts = 7;
    job.retry = RetryPolicy::parse("exponential(1m, x2, max 1h)");
    job.timeout = 90s;
    job.key = "k";
    job.weight = 5;
    job.needs = {"gpu"};
    job.expires_at = parse_timestamp("2026-01-31T02:30:00.123456Z");
    job.delay = 1'500'001us;
    EXPECT_EQ(core::read_new_job(core::new_job_text(job)), job);
    job.delay = {};
    job.run_at = parse_timestamp("2026-01-31T02:30:00.123456Z");
    EXPECT_EQ(core::read_new_job(core::new_job_text(job)), job);
    EXPECT_THAT(
        test::message_of_refusal([] { static_cast<void>(core::read_new_job(R"({"typ":"x"})")); }),
        HasSubstr("type"));
}

}  // namespace
}  // namespace errand
