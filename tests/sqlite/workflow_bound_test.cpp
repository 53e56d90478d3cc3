#include "support/manual_clock.hpp"
#include "support/temp_dir.hpp"

#include <errand/store/store.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

// How much of a workflow one call works off, and what becomes of the rest.

namespace errand::test {
namespace {

constexpr std::uint64_t most = 10'000;
constexpr std::uint64_t children = 35'000;

class WorkflowBound : public ::testing::Test {
protected:
    [[nodiscard]] std::shared_ptr<Store> open() {
        return open_store("sqlite:" + (scratch_.path() / "bound.db").string(),
                          {.limits = {}, .clock = &clock_});
    }

    static WorkflowJob node(std::string name, std::vector<Dependency> after = {}) {
        WorkflowJob job{std::move(name), {}, std::move(after)};
        job.job.id = new_job_id();
        job.job.type = job.after.empty() ? "top" : "child";
        return job;
    }

    void add_fan_out() {
        workflow_.id = new_job_id();
        workflow_.jobs.push_back(node("top"));
        for (std::uint64_t i = 0; i < children; ++i)
            workflow_.jobs.push_back(node("n" + std::to_string(i), {{"top"}}));
        ASSERT_TRUE(store_->insert_workflow(workflow_));
    }

    void end_top(JobState as) {
        const auto session = store_->join(worker());
        const auto leases = store_->claim({session->id(), {{"default", 1}}, {"top"}});
        ASSERT_EQ(leases.size(), 1U);
        Settlement item;
        item.lease = leases[0].ref;
        item.to = as;
        ASSERT_EQ(store_->settle({&item, 1}).at(0), SettleResult::ok);
        session->retire();
    }

    static WorkerInfo worker() {
        WorkerInfo info;
        info.name = "w";
        info.max_leases = 10;
        return info;
    }

    WorkflowCounts counts() { return store_->find_workflow(workflow_.id)->counts; }

    TempDir scratch_;
    ManualClock clock_;
    std::shared_ptr<Store> store_ = open();
    NewWorkflow workflow_;
};

TEST_F(WorkflowBound, AFanOutIsReleasedTenThousandAtATime) {
    add_fan_out();
    end_top(JobState::completed);
    std::uint64_t released = counts().released;
    EXPECT_GT(released, 0U);
    EXPECT_LE(released, most);
    while (released < children) {
        const Promotion promotion = store_->promote_due(10);
        EXPECT_EQ(promotion.promoted, 0U) << "these were not scheduled";
        const std::uint64_t now = counts().released;
        EXPECT_GT(now, released);
        EXPECT_LE(now, released + most);
        if (now < children) {
            EXPECT_EQ(promotion.next_due, store_->now());
        }
        released = now;
    }
    EXPECT_EQ(store_->promote_due(10).next_due, std::nullopt);
}

TEST_F(WorkflowBound, WhatIsLeftOutlivesTheProcess) {
    add_fan_out();
    end_top(JobState::discarded);
    EXPECT_GT(counts().pending, 0U);
    EXPECT_EQ(store_->find_workflow(workflow_.id)->state, WorkflowState::running);
    store_.reset();
    store_ = open();
    while (counts().pending > 0)
        EXPECT_EQ(store_->promote_due(10).promoted, 0U);
    EXPECT_EQ(counts(), (WorkflowCounts{.failed = 1, .skipped = children}));
    EXPECT_EQ(store_->find_workflow(workflow_.id)->state, WorkflowState::failed);
}

TEST_F(WorkflowBound, ARetryUndoesOnlyWhatWasDone) {
    add_fan_out();
    end_top(JobState::discarded);
    EXPECT_GT(counts().skipped, 0U);
    std::uint64_t retried = 0;
    EXPECT_EQ(store_->retry_workflow(workflow_.id, retried), ControlResult::done);
    EXPECT_EQ(counts(), (WorkflowCounts{.pending = children, .released = 1}));
    EXPECT_EQ(store_->promote_due(10).next_due, std::nullopt) << "nothing is left over";
    for (const CheckFinding& finding : store_->check()) {
        if (finding.what == "free space") continue;
        EXPECT_TRUE(finding.ok) << finding.what << ": " << finding.detail;
    }
}

}  // namespace
}  // namespace errand::test
