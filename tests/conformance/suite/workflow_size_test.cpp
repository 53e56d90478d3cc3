#include "conformance/suite/workflow_desk.hpp"

#include <algorithm>

// Large workflows: cost is linear in edges, and a call does a bounded part of the work.

namespace errand::test {

namespace {

std::string numbered(std::size_t number) {
    return "n" + std::to_string(number);
}

/// All of one type, so that they can be claimed together.
WorkflowJob step(std::string name, std::vector<Dependency> after = {}) {
    WorkflowJob job{std::move(name), node("step").job, std::move(after)};
    job.job.type = "t";
    return job;
}

}  // namespace

TEST_P(StoreContract, AGraphOfTenThousandJobsRunsThrough) {
    constexpr std::size_t jobs = 10'000;
    constexpr std::size_t width = 100;
    NewWorkflow workflow = WorkflowDesk::with_callbacks({});
    for (std::size_t i = 0; i < jobs; ++i) {
        std::vector<Dependency> after;
        if (i >= width) after = {{numbered(i - width)}, {numbered(i - width + 1)}};
        workflow.jobs.push_back(step(numbered(i), std::move(after)));
    }
    WorkflowDesk desk{*store_};
    desk.add(workflow);
    std::size_t done = 0;
    while (desk.state(workflow.id) == WorkflowState::running) {
        const auto leases = claim(1'000);
        ASSERT_FALSE(leases.empty()) << "after " << done;
        std::vector<Settlement> items;
        for (const Lease& lease : leases)
            items.push_back(to(lease, JobState::completed));
        for (const SettleResult result : store_->settle(items))
            EXPECT_EQ(result, SettleResult::ok);
        done += leases.size();
        desk.drain();
    }
    EXPECT_EQ(done, jobs);
    EXPECT_EQ(desk.view(workflow.id).counts, (WorkflowCounts{.completed = jobs}));
    EXPECT_THAT(desk.callbacks(), ::testing::ElementsAre("success", "complete"));
    desk.expect_sound();
}

TEST_P(StoreContract, AWideFanOutIsReleasedInBoundedCalls) {
    constexpr std::size_t width = max_workflow_jobs - 2;
    NewWorkflow workflow = WorkflowDesk::workflow({node("source")});
    WorkflowJob sink = node("sink");
    for (std::size_t i = 0; i < width; ++i) {
        workflow.jobs.push_back(step(numbered(i), {{"source"}}));
        sink.after.push_back({numbered(i), OnFailure::go_on});
    }
    workflow.jobs.push_back(sink);
    WorkflowDesk desk{*store_};
    desk.add(workflow);
    desk.end("source");
    desk.drain();
    EXPECT_EQ(desk.view(workflow.id).counts,
              (WorkflowCounts{.pending = 1, .released = width, .completed = 1}));
    const auto leases = claim(10'000);
    ASSERT_EQ(leases.size(), 10'000U);
    std::vector<Settlement> items;
    for (const Lease& lease : leases)
        items.push_back(to(lease, JobState::completed));
    for (const SettleResult result : store_->settle(items))
        EXPECT_EQ(result, SettleResult::ok);
    EXPECT_EQ(store_->cancel_workflow(workflow.id), ControlResult::done);
    desk.drain();
    EXPECT_EQ(desk.view(workflow.id).counts,
              (WorkflowCounts{.completed = 10'001, .failed = width - 10'000, .skipped = 1}));
    desk.expect_sound();
}

TEST_P(StoreContract, AFailureAtTheTopOfALongChainSkipsAllOfIt) {
    constexpr std::size_t jobs = 10'000;
    NewWorkflow workflow = WorkflowDesk::with_callbacks({node("top")});
    workflow.jobs.push_back(step(numbered(0), {{"top"}}));
    for (std::size_t i = 1; i < jobs; ++i)
        workflow.jobs.push_back(step(numbered(i), {{numbered(i - 1)}}));
    WorkflowDesk desk{*store_};
    desk.add(workflow);
    desk.end("top", JobState::discarded);
    desk.drain();
    EXPECT_EQ(desk.view(workflow.id).counts, (WorkflowCounts{.failed = 1, .skipped = jobs}));
    EXPECT_EQ(desk.state(workflow.id), WorkflowState::failed);
    std::uint64_t retried = 0;
    EXPECT_EQ(store_->retry_workflow(workflow.id, retried), ControlResult::done);
    EXPECT_EQ(retried, 1U);
    EXPECT_EQ(desk.view(workflow.id).counts, (WorkflowCounts{.pending = jobs, .released = 1}));
    desk.expect_sound();
}

TEST_P(StoreContract, ARetryFindsEndsThatAreNotWorkedOffYet) {
    constexpr std::size_t width = 5'000;
    NewWorkflow workflow = WorkflowDesk::workflow({node("source"), node("adder")});
    for (std::size_t i = 0; i < width; ++i)
        workflow.jobs.push_back(step(numbered(i), {{"source"}}));
    WorkflowDesk desk{*store_};
    desk.add(workflow);
    const Lease adder = desk.claim("adder");
    desk.end("source", JobState::discarded);
    // A store may have done some or all of it by now. Nobody may tell the difference in the end.
    ASSERT_TRUE(desk.extend(adder, {node("added", {"source"}, OnFailure::go_on)}));
    EXPECT_EQ(retry(desk.id("source")), ControlResult::done);
    desk.drain();
    EXPECT_EQ(desk.state("source"), JobState::available);
    desk.end("source");
    desk.drain();
    EXPECT_EQ(desk.settle(adder, JobState::completed), SettleResult::ok);
    const WorkflowCounts counts = desk.view(workflow.id).counts;
    EXPECT_EQ(counts.pending, 0U);
    EXPECT_EQ(counts.skipped, 0U);
    EXPECT_EQ(counts.completed, 2U);
    EXPECT_EQ(counts.released, width + 1);
    desk.expect_sound();
}

}  // namespace errand::test
