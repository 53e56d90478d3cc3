#include "simulation/oracle/workflow_rule.hpp"
#include "simulation/oracle/event_rule.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

// What the oracle expects of workflows and of subscribers.

namespace errand::sim {
namespace {

using Stand = FlowPart::Stand;

JobId id_of(std::uint8_t number) {
    JobId id;
    id.bytes.back() = number;
    return id;
}

WorkflowJob job(std::uint8_t number, std::vector<Dependency> after = {}) {
    WorkflowJob job{std::to_string(number), {}};
    job.job.id = id_of(number);
    job.after = std::move(after);
    return job;
}

/// One workflow, whose jobs are named by their numbers.
class WorkflowRuleTest : public testing::Test {
protected:
    void submit(std::vector<WorkflowJob> jobs, WorkflowCallbacks callbacks = {}) {
        rule_.add({flow_, "", std::move(jobs), std::move(callbacks)});
        go_on();
    }
    void end(std::uint8_t number, JobState state) {
        rule_.ended(flow_, id_of(number), state);
        go_on();
    }
    void go_on() { news_ = rule_.work_off(Timestamp{}); }
    [[nodiscard]] Stand stand(std::uint8_t number) {
        return rule_.find(flow_)->find(id_of(number))->stand;
    }
    [[nodiscard]] WorkflowState state() { return rule_.find(flow_)->state; }

    const WorkflowId flow_ = id_of(255);
    WorkflowRule rule_;
    FlowNews news_;
};

TEST_F(WorkflowRuleTest, AJobIsReleasedByTheLastOfItsParents) {
    submit({job(1), job(2), job(3, {{"1"}, {"2"}})});
    end(1, JobState::completed);
    EXPECT_EQ(stand(3), Stand::pending);
    end(2, JobState::completed);
    EXPECT_EQ(stand(3), Stand::released);
    EXPECT_EQ(state(), WorkflowState::running);
    end(3, JobState::completed);
    EXPECT_EQ(state(), WorkflowState::completed);
}

TEST_F(WorkflowRuleTest, AFailureSkipsWhatDoesNotGoOnAfterIt) {
    submit({job(1), job(2, {{"1", OnFailure::fail}}), job(3, {{"2", OnFailure::fail}}),
            job(4, {{"1", OnFailure::go_on}})});
    end(1, JobState::discarded);
    EXPECT_EQ(stand(2), Stand::skipped);
    EXPECT_EQ(stand(3), Stand::skipped);
    EXPECT_EQ(stand(4), Stand::released);
    end(4, JobState::completed);
    EXPECT_EQ(state(), WorkflowState::failed);
}

TEST_F(WorkflowRuleTest, AFailureThatAllIgnoreDoesNotCount) {
    submit({job(1), job(2, {{"1", OnFailure::ignore}})});
    end(1, JobState::discarded);
    end(2, JobState::completed);
    EXPECT_EQ(state(), WorkflowState::completed);
}

TEST_F(WorkflowRuleTest, AFailureThatIsGoneOnAfterMakesItPartial) {
    submit({job(1), job(2, {{"1", OnFailure::go_on}})});
    end(1, JobState::cancelled);
    end(2, JobState::completed);
    EXPECT_EQ(state(), WorkflowState::partial);
}

TEST_F(WorkflowRuleTest, EachEndAwaitsItsCallbacksOnce) {
    WorkflowCallbacks callbacks;
    callbacks.on_success = callbacks.on_failure = callbacks.on_complete = NewJob{};
    callbacks.on_failure->args = "[1]";
    submit({job(1)}, callbacks);
    end(1, JobState::discarded);
    ASSERT_EQ(news_.callbacks.size(), 2U);
    EXPECT_EQ(news_.callbacks[0].asked.args, "[1]");
    end(1, JobState::discarded);
    EXPECT_TRUE(news_.callbacks.empty()) << "a repeated end";
    std::uint64_t retried = 0;
    EXPECT_FALSE(rule_.retry_all(flow_, retried).empty());
    EXPECT_EQ(retried, 1U);
    end(1, JobState::completed);
    EXPECT_EQ(news_.callbacks.size(), 2U);
    EXPECT_EQ(rule_.find(flow_)->run, 2U);
}

TEST_F(WorkflowRuleTest, WhatWasSkippedWaitsAgainForWhatIsRetried) {
    submit({job(1), job(2, {{"1"}}), job(3, {{"2"}})});
    end(1, JobState::discarded);
    EXPECT_EQ(state(), WorkflowState::failed);
    EXPECT_EQ(rule_.retry(flow_, id_of(1)).size(), 4U) << "three wait, and the first begins";
    go_on();
    EXPECT_EQ(stand(1), Stand::released);
    EXPECT_EQ(stand(3), Stand::pending);
    EXPECT_EQ(state(), WorkflowState::running);
}

TEST_F(WorkflowRuleTest, ARetriedChildWaitsForItsParentAlsoWhenItStandsFirst) {
    submit({job(1, {{"2", OnFailure::ignore}}), job(2, {{"3"}}), job(3)});
    end(1, JobState::cancelled);
    end(2, JobState::cancelled);
    EXPECT_EQ(stand(1), Stand::skipped);
    end(3, JobState::completed);
    std::uint64_t retried = 0;
    EXPECT_EQ(rule_.retry_all(flow_, retried).size(), 2U) << "both wait";
    go_on();
    EXPECT_EQ(retried, 1U);
    EXPECT_EQ(stand(1), Stand::pending);
    EXPECT_EQ(stand(2), Stand::released);
}

TEST_F(WorkflowRuleTest, ACancelSkipsWhatWaitsAndEndsWithWhatRuns) {
    submit({job(1), job(2, {{"1"}})});
    EXPECT_EQ(rule_.cancel(flow_), std::vector{id_of(1)});
    go_on();
    EXPECT_EQ(stand(2), Stand::skipped);
    EXPECT_EQ(state(), WorkflowState::running);
    end(1, JobState::cancelled);
    EXPECT_EQ(state(), WorkflowState::cancelled);
}

Event event(std::uint64_t seq, std::uint8_t number, EventKind kind) {
    Event event;
    event.seq = seq;
    event.kind = kind;
    event.subject = to_string(id_of(number));
    return event;
}

EventPage page(std::vector<Event> events) {
    EventPage page;
    page.up_to = events.back().seq;
    page.events = std::move(events);
    return page;
}

class EventRuleTest : public testing::Test {
protected:
    EventRuleTest() {
        rule_.happened(id_of(9), EventKind::job_started);  // before the subscription
        rule_.subscribe();
        rule_.happened(id_of(1), EventKind::job_enqueued);
        rule_.happened(id_of(2), EventKind::job_enqueued);
        rule_.happened(id_of(1), EventKind::job_started);
    }
    EventRule rule_;
    const Event first_ = event(5, 1, EventKind::job_enqueued);
    const Event second_ = event(6, 2, EventKind::job_enqueued);
    const Event third_ = event(7, 1, EventKind::job_started);
};

TEST_F(EventRuleTest, EachIsToldOnce) {
    EXPECT_EQ(rule_.read(page({first_, second_})), "");
    EXPECT_EQ(rule_.read(page({first_, second_, third_})), "") << "nothing was acknowledged";
    EXPECT_EQ(rule_.untold(), "");
    EXPECT_EQ(rule_.told(), 3U);
    EXPECT_NE(rule_.read(page({event(8, 1, EventKind::job_started)})), "") << "twice";
}

TEST_F(EventRuleTest, OneThatIsLostIsNoticed) {
    EXPECT_EQ(rule_.read(page({first_, third_})), "");
    EXPECT_NE(rule_.untold(), "");
}

TEST_F(EventRuleTest, AnotherOrderIsNoticed) {
    EXPECT_NE(rule_.read(page({event(5, 1, EventKind::job_started)})), "");
}

TEST_F(EventRuleTest, WhatIsAcknowledgedDoesNotComeAgain) {
    EXPECT_EQ(rule_.read(page({first_, second_})), "");
    rule_.acknowledged(6);
    EXPECT_NE(rule_.read(page({second_})), "");
}

}  // namespace
}  // namespace errand::sim
