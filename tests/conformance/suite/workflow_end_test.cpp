#include "conformance/suite/workflow_desk.hpp"

// What the end of a job does to those after it, and how workflows end.

namespace errand::test {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;

TEST_P(StoreContract, AChainRunsInOrderAndCompletes) {
    WorkflowDesk desk{*store_};
    const WorkflowId id =
        desk.add(WorkflowDesk::with_callbacks({node("c", {"b"}), node("b", {"a"}), node("a")}));
    desk.end("a");
    EXPECT_EQ(desk.states(id), "c pending, b available, a completed");
    desk.end("b");
    EXPECT_EQ(desk.states(id), "c available, b completed, a completed");
    EXPECT_THAT(desk.callbacks(), IsEmpty());
    desk.end("c");
    const WorkflowView view = desk.view(id);
    EXPECT_EQ(view.state, WorkflowState::completed);
    EXPECT_EQ(view.counts, (WorkflowCounts{.completed = 3}));
    EXPECT_EQ(view.finished_at, get(desk.id("c")).finished_at);
    EXPECT_THAT(desk.callbacks(), ElementsAre("success", "complete"));
    desk.expect_sound();
}

TEST_P(StoreContract, ADiamondJoinsAfterBothSides) {
    WorkflowDesk desk{*store_};
    const WorkflowId id = desk.add({node("top"), node("left", {"top"}), node("right", {"top"}),
                                    node("end", {"left", "right"})});
    desk.complete({"top", "right"});
    EXPECT_EQ(desk.states(id), "top completed, left available, right completed, end pending");
    desk.end("left");
    EXPECT_TRUE(desk.is_claimable("end"));
    desk.end("end");
    EXPECT_EQ(desk.state(id), WorkflowState::completed);
}

TEST_P(StoreContract, TheLastTwoParentsMayEndInOneCall) {
    WorkflowDesk desk{*store_};
    const WorkflowId id = desk.add(WorkflowDesk::with_callbacks(
        {node("a"), node("b"), node("join", {"a", "b"}), node("c"), node("d")}));
    const auto settle_both = [&](const char* first, const char* second) {
        std::vector<Settlement> items;
        for (const char* name : {first, second})
            items.push_back(to(desk.claim(name), JobState::completed));
        EXPECT_THAT(store_->settle(items), ElementsAre(SettleResult::ok, SettleResult::ok));
    };
    settle_both("b", "a");
    EXPECT_TRUE(desk.is_claimable("join"));
    desk.end("join");
    settle_both("c", "d");
    EXPECT_EQ(desk.state(id), WorkflowState::completed);
    EXPECT_THAT(desk.callbacks(), ElementsAre("success", "complete"));
    desk.expect_sound();
}

TEST_P(StoreContract, FailureSkipsAllThatComesAfter) {
    WorkflowDesk desk{*store_};
    const WorkflowId id = desk.add(WorkflowDesk::with_callbacks(
        {node("a"), node("b", {"a"}), node("c", {"b"}), node("other")}));
    desk.end("a", JobState::discarded);
    EXPECT_EQ(desk.states(id), "a discarded, b skipped, c skipped, other available");
    const Job skipped = get(desk.id("c"));
    EXPECT_EQ(skipped.state, JobState::cancelled);
    EXPECT_TRUE(skipped.finished_at);
    EXPECT_EQ(desk.state(id), WorkflowState::running);
    desk.end("other");
    EXPECT_EQ(desk.state(id), WorkflowState::failed);
    EXPECT_EQ(desk.view(id).counts, (WorkflowCounts{.completed = 1, .failed = 1, .skipped = 2}));
    EXPECT_THAT(desk.callbacks(), ElementsAre("failure", "complete"));
    desk.expect_sound();
}

TEST_P(StoreContract, FailureIsFeltWhenTheLastParentHasEnded) {
    WorkflowDesk desk{*store_};
    const WorkflowId id = desk.add({node("a"), node("b"), node("join", {"a", "b"})});
    desk.end("a", JobState::discarded);
    EXPECT_EQ(desk.state("join"), JobState::pending);
    desk.end("b");
    EXPECT_EQ(desk.states(id), "a discarded, b completed, join skipped");
    EXPECT_EQ(desk.state(id), WorkflowState::failed);
}

TEST_P(StoreContract, WhatContinuesBeginsAfterAFailureAndIsPartial) {
    WorkflowDesk desk{*store_};
    const WorkflowId id =
        desk.add(WorkflowDesk::with_callbacks({node("a"), node("b", {"a"}, OnFailure::go_on)}));
    desk.end("a", JobState::discarded);
    desk.end("b");
    EXPECT_EQ(desk.state(id), WorkflowState::partial);
    EXPECT_THAT(desk.callbacks(), ElementsAre("failure", "complete"));
}

TEST_P(StoreContract, AFailureThatAllIgnoreDoesNotCount) {
    WorkflowDesk desk{*store_};
    const WorkflowId id = desk.add(WorkflowDesk::with_callbacks(
        {node("a"), node("b", {"a"}, OnFailure::ignore), node("c", {"a"}, OnFailure::ignore)}));
    desk.end("a", JobState::cancelled);
    desk.complete({"b", "c"});
    EXPECT_EQ(desk.state(id), WorkflowState::completed);
    EXPECT_THAT(desk.callbacks(), ElementsAre("success", "complete"));
    const WorkflowId mixed = desk.add(
        {node("a"), node("b", {"a"}, OnFailure::ignore), node("c", {"a"}, OnFailure::go_on)});
    desk.end("a", JobState::discarded);
    desk.complete({"b", "c"});
    EXPECT_EQ(desk.state(mixed), WorkflowState::partial) << "c does not ignore it";
}

TEST_P(StoreContract, TheFailureOfTheLastJobCounts) {
    WorkflowDesk desk{*store_};
    const WorkflowId id = desk.add({node("a"), node("b")});
    desk.end("a");
    desk.end("b", JobState::discarded);
    EXPECT_EQ(desk.state(id), WorkflowState::partial) << "nobody is there to ignore it";
    const WorkflowId none = desk.add({node("a", {}), node("b", {"a"}, OnFailure::ignore)});
    desk.end("a", JobState::discarded);
    desk.end("b", JobState::discarded);
    EXPECT_EQ(desk.state(none), WorkflowState::failed) << "nothing completed";
}

TEST_P(StoreContract, TheEdgeOfASkippedJobHasItsPolicyToo) {
    WorkflowDesk desk{*store_};
    const WorkflowId id =
        desk.add({node("a"), node("b", {"a"}), node("clean_up", {"b"}, OnFailure::go_on)});
    desk.end("a", JobState::discarded);
    EXPECT_EQ(desk.states(id), "a discarded, b skipped, clean_up available");
    desk.end("clean_up");
    EXPECT_EQ(desk.state(id), WorkflowState::failed) << "something was skipped";
}

TEST_P(StoreContract, AFailedAttemptIsNoEnd) {
    WorkflowDesk desk{*store_};
    const WorkflowId id = desk.add({node("a"), node("b", {"a"})});
    for (const JobState again : {JobState::available, JobState::scheduled, JobState::retryable}) {
        desk.end("a", again);
        EXPECT_EQ(desk.state("b"), JobState::pending);
        EXPECT_EQ(desk.view(id).counts, (WorkflowCounts{.pending = 1, .released = 1}));
        (void)store_->promote_due(10);
    }
    desk.end("a");
    EXPECT_EQ(desk.state("b"), JobState::available);
    desk.expect_sound();
}

TEST_P(StoreContract, StaleAndRepeatedSettlesCountNothing) {
    WorkflowDesk desk{*store_};
    const WorkflowId id =
        desk.add(WorkflowDesk::with_callbacks({node("a"), node("b"), node("c", {"a", "b"})}));
    const Lease lease = desk.claim("a");
    Lease stale = lease;
    stale.ref.lease_seq += 1;
    EXPECT_EQ(desk.settle(stale, JobState::completed), SettleResult::lease_lost);
    EXPECT_EQ(desk.settle(lease, JobState::completed), SettleResult::ok);
    EXPECT_EQ(desk.settle(lease, JobState::completed), SettleResult::already_settled);
    EXPECT_EQ(desk.state("c"), JobState::pending);
    EXPECT_EQ(desk.view(id).counts, (WorkflowCounts{.pending = 1, .released = 1, .completed = 1}));
    const Lease last = desk.claim("b");
    const std::vector<Settlement> twice(2, to(last, JobState::completed));
    EXPECT_THAT(store_->settle(twice),
                ElementsAre(SettleResult::ok, SettleResult::already_settled));
    const Lease c = desk.claim("c");
    EXPECT_EQ(desk.settle(c, JobState::completed), SettleResult::ok);
    EXPECT_EQ(desk.settle(c, JobState::completed), SettleResult::already_settled);
    EXPECT_THAT(desk.callbacks(), ElementsAre("success", "complete"));
    desk.expect_sound();
}

TEST_P(StoreContract, CallbacksSayWhereTheyComeFrom) {
    WorkflowDesk desk{*store_};
    NewWorkflow workflow = WorkflowDesk::with_callbacks({node("a")});
    NewJob& complete = *workflow.callbacks.on_complete;
    complete.meta = R"({ "mine": 1 })";
    complete.args = R"([{"n": 9007199254740993}])";
    complete.priority = 7;
    complete.tags = {"x"};
    complete.max_attempts = 3;
    complete.retry = RetryPolicy::parse("fixed(30s)");
    complete.timeout = 90s;
    complete.key = "k";
    complete.weight = 4;
    complete.needs = {"gpu"};
    complete.delay = 5min;
    const WorkflowId id = desk.add(workflow);
    EXPECT_EQ(desk.view(id).callbacks, workflow.callbacks);
    desk.end("a");
    const Job made = store_->list({.type = "complete"}, 10, "").jobs.at(0);
    EXPECT_EQ(made.meta, R"({ "mine": 1 ,"errand.workflow":")" + to_string(id) +
                             R"(","errand.workflow_state":"completed"})");
    EXPECT_EQ(made.args, complete.args);
    EXPECT_EQ(made.queue, "callbacks");
    EXPECT_EQ(made.priority, 7);
    EXPECT_THAT(made.tags, ElementsAre("x"));
    EXPECT_EQ(made.max_attempts, 3U);
    EXPECT_EQ(made.retry, complete.retry);
    EXPECT_EQ(made.timeout, complete.timeout);
    EXPECT_EQ(made.key, "k");
    EXPECT_EQ(made.weight, 4U);
    EXPECT_THAT(made.needs, ElementsAre("gpu"));
    EXPECT_EQ(made.state, JobState::scheduled);
    EXPECT_EQ(made.scheduled_at, made.created_at + 5min);
    EXPECT_EQ(made.workflow, std::nullopt) << "it is no part of it";
    EXPECT_FALSE(made.id.is_nil());
}

TEST_P(StoreContract, ADelayCountsFromWhenAJobMayBegin) {
    REQUIRE_VIRTUAL_CLOCK();
    WorkflowDesk desk{*store_};
    NewWorkflow workflow = WorkflowDesk::workflow(
        {node("a"), node("late", {"a"}), node("at", {"a"}), node("now", {"a"})});
    workflow.jobs[1].job.delay = 10min;
    workflow.jobs[2].job.run_at = store_->now() + 2h;
    workflow.jobs[3].job.run_at = store_->now() + 1min;
    const WorkflowId id = desk.add(workflow);
    clock_.advance(1h);
    EXPECT_EQ(store_->promote_due(10).promoted, 0U);
    const Timestamp released = store_->now();
    desk.end("a");
    EXPECT_EQ(desk.states(id), "a completed, late scheduled, at scheduled, now available");
    EXPECT_EQ(get(desk.id("late")).scheduled_at, released + 10min);
    EXPECT_EQ(get(desk.id("at")).scheduled_at, released + 1h);
    EXPECT_EQ(get(desk.id("now")).scheduled_at, released);
    EXPECT_EQ(store_->stats().queues.at("default").oldest_available, 0s);
    EXPECT_EQ(store_->promote_due(10).next_due, released + 10min);
    clock_.advance(1h);
    EXPECT_EQ(store_->promote_due(10).promoted, 2U);
    EXPECT_EQ(get(desk.id("late")).scheduled_at, released + 10min);
    desk.complete({"at", "now", "late"});
    EXPECT_EQ(desk.state(id), WorkflowState::completed);
    desk.expect_sound();
}

TEST_P(StoreContract, ReleasedJobsTakeTheTurnsOfTheirKey) {
    WorkflowDesk desk{*store_};
    store_->set_queue_settings("default", {.key_concurrency = 1});
    NewWorkflow workflow = WorkflowDesk::workflow({node("a"), node("x", {"a"}), node("y", {"a"})});
    workflow.jobs[1].job.key = workflow.jobs[2].job.key = "k";
    const WorkflowId id = desk.add(workflow);
    EXPECT_EQ(store_->find_key("default", "k"), std::nullopt) << "who waits has no turn";
    desk.end("a");
    EXPECT_THAT(blocked(), ElementsAre(desk.id("y")));
    desk.complete({"x", "y"});
    EXPECT_EQ(desk.state(id), WorkflowState::completed);
    desk.expect_sound();
}

TEST_P(StoreContract, EachWayToEndTellsTheWorkflow) {
    REQUIRE_VIRTUAL_CLOCK();
    WorkflowDesk desk{*store_};
    const auto fresh = [&] { return desk.add({node("a"), node("b", {"a"}, OnFailure::go_on)}); };
    WorkflowId id = fresh();
    EXPECT_EQ(cancel(desk.id("a")), ControlResult::done);
    EXPECT_EQ(desk.states(id), "a cancelled, b available");

    id = fresh();
    EXPECT_EQ(remove(desk.id("a")), ControlResult::done);
    EXPECT_EQ(desk.states(id), "a cancelled, b available") << "its end is kept";
    EXPECT_EQ(store_->find(desk.id("a")), std::nullopt);
    EXPECT_EQ(desk.view(id).counts, (WorkflowCounts{.released = 1, .failed = 1}));

    id = fresh();
    const Lease lease = desk.claim("a");
    EXPECT_EQ(cancel(desk.id("a")), ControlResult::requested);
    EXPECT_EQ(desk.state("b"), JobState::pending);
    EXPECT_EQ(desk.settle(lease, JobState::completed), SettleResult::recorded_cancel);
    EXPECT_EQ(desk.states(id), "a cancelled, b available");
    desk.expect_sound();
}

TEST_P(StoreContract, WaitingJobsMayBeCancelledAndRemovedByThemselves) {
    WorkflowDesk desk{*store_};
    const WorkflowId id = desk.add(
        {node("a"), node("b", {"a"}), node("c", {"b"}), node("d", {"a"}), node("e", {"d"})});
    EXPECT_EQ(cancel(desk.id("b")), ControlResult::done);
    EXPECT_EQ(desk.states(id), "a available, b skipped, c skipped, d pending, e pending");
    EXPECT_EQ(remove(desk.id("d")), ControlResult::done);
    EXPECT_EQ(desk.states(id), "a available, b skipped, c skipped, d skipped, e skipped");
    EXPECT_EQ(desk.view(id).counts, (WorkflowCounts{.released = 1, .skipped = 4}));
    EXPECT_EQ(cancel(desk.id("b")), ControlResult::done) << "it is cancelled already";
    EXPECT_EQ(remove(desk.id("c")), ControlResult::done);
    desk.end("a");
    EXPECT_EQ(desk.state(id), WorkflowState::failed);
    EXPECT_EQ(desk.view(id).counts, (WorkflowCounts{.completed = 1, .skipped = 4}));
    desk.expect_sound();
}

TEST_P(StoreContract, ManyEndsOfOneCallAreCountedOnceEach) {
    WorkflowDesk desk{*store_};
    const WorkflowId id = desk.add(WorkflowDesk::with_callbacks(
        {node("a"), node("b", {"a"}), node("c", {"b"}), node("d", {"c"})}));
    const std::vector ids{desk.id("d"), desk.id("a"), desk.id("b"), desk.id("a")};
    EXPECT_THAT(store_->cancel(ids), ElementsAre(ControlResult::done, ControlResult::done,
                                                 ControlResult::done, ControlResult::done));
    EXPECT_EQ(desk.states(id), "a cancelled, b skipped, c skipped, d skipped");
    EXPECT_EQ(desk.state(id), WorkflowState::failed);
    EXPECT_THAT(desk.callbacks(), ElementsAre("failure", "complete"));
    desk.expect_sound();
}

}  // namespace errand::test
