#include "conformance/suite/workflow_desk.hpp"

// Cancelling workflows, letting them go on after failures, and forgetting them.

namespace errand::test {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

namespace {

std::uint64_t retried_by(Store& store, const WorkflowId& id,
                         ControlResult expected = ControlResult::done) {
    std::uint64_t retried = 99;
    EXPECT_EQ(store.retry_workflow(id, retried), expected);
    return retried;
}

}  // namespace

TEST_P(StoreContract, CancellingAWorkflowEndsWhatHasNotBegun) {
    WorkflowDesk desk{*store_};
    NewWorkflow workflow = WorkflowDesk::with_callbacks(
        {node("a"), node("b"), node("c", {"a"}), node("later"), node("again")});
    workflow.jobs[3].job.delay = 1h;
    const WorkflowId id = desk.add(workflow);
    desk.end("a");
    desk.end("again", JobState::retryable);
    EXPECT_EQ(store_->cancel_workflow(id), ControlResult::done);
    EXPECT_EQ(desk.states(id),
              "a completed, b cancelled, c cancelled, later cancelled, again cancelled");
    const WorkflowView view = desk.view(id);
    EXPECT_EQ(view.state, WorkflowState::cancelled);
    EXPECT_FALSE(view.cancel_requested);
    EXPECT_TRUE(view.finished_at);
    EXPECT_EQ(view.counts, (WorkflowCounts{.completed = 1, .failed = 4}));
    EXPECT_THAT(desk.callbacks(), ElementsAre("complete"));
    EXPECT_EQ(store_->cancel_workflow(id), ControlResult::done) << "it is cancelled already";
    EXPECT_THAT(desk.callbacks(), SizeIs(1));
    EXPECT_EQ(store_->cancel_workflow(new_job_id()), ControlResult::not_found);
    desk.expect_sound();
}

TEST_P(StoreContract, CancellingWaitsForActiveJobs) {
    WorkflowDesk desk{*store_};
    const WorkflowId id = desk.add(WorkflowDesk::with_callbacks(
        {node("a"), node("b", {"a"}), node("c", {"b"}), node("free")}));
    const Lease lease = desk.claim("a");
    EXPECT_EQ(store_->cancel_workflow(id), ControlResult::requested);
    EXPECT_EQ(desk.states(id), "a active, b skipped, c skipped, free cancelled");
    EXPECT_EQ(desk.state(id), WorkflowState::running);
    EXPECT_TRUE(desk.view(id).cancel_requested);
    EXPECT_EQ(store_->cancel_workflow(id), ControlResult::requested);
    EXPECT_EQ(beat({lease.ref, {}, {}, {}}), HeartbeatResult::cancel_requested);
    EXPECT_EQ(retried_by(*store_, id, ControlResult::refused), 0U) << "it is being cancelled";
    EXPECT_EQ(retry(desk.id("b")), ControlResult::refused);
    EXPECT_THAT(desk.callbacks(), IsEmpty());
    EXPECT_EQ(desk.settle(lease, JobState::retryable), SettleResult::recorded_cancel);
    EXPECT_EQ(desk.state(id), WorkflowState::cancelled);
    EXPECT_EQ(desk.view(id).counts, (WorkflowCounts{.failed = 2, .skipped = 2}));
    EXPECT_THAT(desk.callbacks(), ElementsAre("complete"));
    desk.expect_sound();
}

TEST_P(StoreContract, ACompletionBeforeTheCancelStands) {
    WorkflowDesk desk{*store_};
    const WorkflowId id = desk.add(WorkflowDesk::with_callbacks({node("a")}));
    desk.end("a");
    EXPECT_EQ(store_->cancel_workflow(id), ControlResult::refused);
    EXPECT_EQ(desk.state(id), WorkflowState::completed);
    EXPECT_THAT(desk.callbacks(), ElementsAre("success", "complete"));
}

TEST_P(StoreContract, JobsAddedToACancelledWorkflowAreSkipped) {
    WorkflowDesk desk{*store_};
    const WorkflowId id = desk.add({node("a")});
    const Lease lease = desk.claim("a");
    EXPECT_EQ(store_->cancel_workflow(id), ControlResult::requested);
    ASSERT_TRUE(desk.extend(lease, {node("b"), node("c", {"b"}), node("d", {"a"})}));
    EXPECT_EQ(desk.states(id), "a active, b skipped, c skipped, d skipped");
    EXPECT_EQ(desk.settle(lease, JobState::completed), SettleResult::recorded_cancel);
    EXPECT_EQ(desk.state(id), WorkflowState::cancelled);
    desk.expect_sound();
}

TEST_P(StoreContract, CancellingAWorkflowWakesThoseItConcerns) {
    WorkflowDesk desk{*store_};
    const WorkflowId id = desk.add({node("a"), node("b")});
    const Lease lease = desk.claim("a");
    expect_wakes(*store_, WakeChannel::control, [&] { (void)store_->cancel_workflow(id); });
    expect_wakes(*store_, WakeChannel::ended,
                 [&] { (void)desk.settle(lease, JobState::completed); });
}

TEST_P(StoreContract, ARetryRunsOnlyWhatFailedAndGoesOn) {
    WorkflowDesk desk{*store_};
    const WorkflowId id = desk.add(WorkflowDesk::with_callbacks(
        {node("good"), node("bad"), node("join", {"good", "bad"}), node("last", {"join"})}));
    desk.end("good", JobState::completed, "1");
    desk.end("bad", JobState::discarded);
    EXPECT_EQ(desk.state(id), WorkflowState::failed);
    EXPECT_THAT(desk.callbacks(), ElementsAre("failure", "complete"));
    EXPECT_EQ(retried_by(*store_, id), 1U);
    EXPECT_EQ(desk.states(id), "good completed, bad available, join pending, last pending");
    WorkflowView view = desk.view(id);
    EXPECT_EQ(view.state, WorkflowState::running);
    EXPECT_EQ(view.run, 2U);
    EXPECT_EQ(view.finished_at, std::nullopt);
    EXPECT_EQ(view.counts, (WorkflowCounts{.pending = 2, .released = 1, .completed = 1}));
    EXPECT_EQ(get(desk.id("bad")).attempt, 0U);
    EXPECT_EQ(get(desk.id("join")).finished_at, std::nullopt);
    desk.expect_sound();
    desk.complete({"bad", "join", "last"});
    EXPECT_EQ(desk.state(id), WorkflowState::completed);
    EXPECT_EQ(get(desk.id("good")).result, "1");
    EXPECT_THAT(desk.callbacks(), ElementsAre("failure", "complete", "success", "complete"));
    EXPECT_EQ(retried_by(*store_, id, ControlResult::refused), 0U) << "nothing failed";
    EXPECT_EQ(desk.view(id).run, 2U);
    EXPECT_EQ(retried_by(*store_, new_job_id(), ControlResult::not_found), 0U);
    desk.expect_sound();
}

TEST_P(StoreContract, FailedJobsAreRetriedWhileTheRestRuns) {
    WorkflowDesk desk{*store_};
    const WorkflowId id = desk.add({node("bad"), node("b", {"bad"}), node("slow")});
    desk.end("bad", JobState::discarded);
    EXPECT_EQ(retried_by(*store_, id), 1U);
    EXPECT_EQ(desk.view(id).run, 1U) << "it had not ended";
    EXPECT_EQ(desk.states(id), "bad available, b pending, slow available");
    desk.complete({"bad", "b", "slow"});
    EXPECT_EQ(desk.state(id), WorkflowState::completed);
    desk.expect_sound();
}

TEST_P(StoreContract, RetriedJobsKeepTheirOrder) {
    WorkflowDesk desk{*store_};
    const WorkflowId id = desk.add({node("second", {"first"}, OnFailure::go_on), node("first"),
                                    node("third", {"second"}, OnFailure::go_on)});
    desk.end("first", JobState::discarded);
    desk.end("second", JobState::discarded);
    desk.end("third");
    EXPECT_EQ(desk.state(id), WorkflowState::partial);
    EXPECT_EQ(retried_by(*store_, id), 2U);
    EXPECT_EQ(desk.states(id), "second pending, first available, third completed");
    desk.end("first");
    EXPECT_EQ(desk.claim("second").attempt, 1U);
    desk.expect_sound();
}

TEST_P(StoreContract, ACancelledWorkflowMayBeRetried) {
    WorkflowDesk desk{*store_};
    const WorkflowId id =
        desk.add(WorkflowDesk::with_callbacks({node("a"), node("b", {"a"}), node("c", {"b"})}));
    EXPECT_EQ(store_->cancel_workflow(id), ControlResult::done);
    EXPECT_EQ(retried_by(*store_, id), 1U);
    EXPECT_FALSE(desk.view(id).cancel_requested);
    EXPECT_EQ(desk.states(id), "a available, b pending, c pending");
    desk.complete({"a", "b", "c"});
    EXPECT_EQ(desk.state(id), WorkflowState::completed);
    EXPECT_THAT(desk.callbacks(), ElementsAre("complete", "success", "complete"));
    desk.expect_sound();
}

TEST_P(StoreContract, WhatWasCancelledByHandIsRetriedToo) {
    WorkflowDesk desk{*store_};
    const WorkflowId id =
        desk.add({node("a"), node("b", {"a"}), node("c", {"b"}), node("d", {"a"})});
    EXPECT_EQ(cancel(desk.id("b")), ControlResult::done);
    EXPECT_EQ(retried_by(*store_, id), 0U) << "it waits for a, which runs";
    EXPECT_EQ(desk.states(id), "a available, b pending, c pending, d pending");
    EXPECT_EQ(cancel(desk.id("b")), ControlResult::done);
    desk.complete({"a", "d"});
    EXPECT_EQ(desk.state(id), WorkflowState::failed);
    EXPECT_EQ(retried_by(*store_, id), 1U);
    EXPECT_EQ(desk.states(id), "a completed, b available, c pending, d completed");
    desk.complete({"b", "c"});
    EXPECT_EQ(desk.state(id), WorkflowState::completed);
    desk.expect_sound();
}

TEST_P(StoreContract, ARetriedChildWaitsForItsParentAlsoWhenItStandsFirst) {
    WorkflowDesk desk{*store_};
    const WorkflowId id = desk.add(
        {node("child", {"parent"}, OnFailure::ignore), node("parent", {"first"}), node("first")});
    EXPECT_EQ(cancel(desk.id("child")), ControlResult::done);
    EXPECT_EQ(cancel(desk.id("parent")), ControlResult::done);
    desk.complete({"first"});
    EXPECT_EQ(retried_by(*store_, id), 1U);
    EXPECT_EQ(desk.states(id), "child pending, parent available, first completed");
    desk.complete({"parent", "child"});
    EXPECT_EQ(desk.state(id), WorkflowState::completed);
    desk.expect_sound();
}

TEST_P(StoreContract, WhatWasRemovedIsNotRetried) {
    WorkflowDesk desk{*store_};
    const WorkflowId id =
        desk.add({node("gone"), node("bad"), node("join", {"gone", "bad"}), node("end", {"join"})});
    desk.end("gone", JobState::discarded);
    desk.end("bad", JobState::discarded);
    EXPECT_EQ(remove(desk.id("gone")), ControlResult::done);
    EXPECT_EQ(retried_by(*store_, id), 1U);
    EXPECT_EQ(desk.states(id), "gone discarded, bad available, join pending, end pending");
    desk.end("bad");
    EXPECT_EQ(desk.states(id), "gone discarded, bad completed, join skipped, end skipped");
    EXPECT_EQ(desk.state(id), WorkflowState::failed);
    EXPECT_EQ(retried_by(*store_, id, ControlResult::refused), 0U);
    EXPECT_EQ(desk.view(id).run, 2U);
    desk.expect_sound();
}

TEST_P(StoreContract, RetryingOneJobRunsWhatWasSkippedAfterIt) {
    WorkflowDesk desk{*store_};
    const WorkflowId id = desk.add(WorkflowDesk::with_callbacks(
        {node("a"), node("b", {"a"}), node("x"), node("y", {"x"}), node("both", {"b", "y"})}));
    desk.end("a", JobState::discarded);
    desk.end("x", JobState::discarded);
    EXPECT_EQ(desk.state(id), WorkflowState::failed);
    EXPECT_EQ(retry(desk.id("a")), ControlResult::done);
    EXPECT_EQ(desk.states(id), "a available, b pending, x discarded, y skipped, both pending");
    EXPECT_EQ(desk.view(id).run, 2U);
    desk.complete({"a", "b"});
    EXPECT_EQ(desk.states(id), "a completed, b completed, x discarded, y skipped, both skipped");
    EXPECT_EQ(desk.state(id), WorkflowState::failed);
    EXPECT_EQ(retry(desk.id("a")), ControlResult::done) << "also one that completed";
    EXPECT_EQ(desk.states(id), "a available, b completed, x discarded, y skipped, both skipped");
    desk.end("a");
    EXPECT_EQ(desk.view(id).run, 3U);
    EXPECT_THAT(desk.callbacks(),
                ElementsAre("failure", "complete", "failure", "complete", "failure", "complete"));
    desk.expect_sound();
}

TEST_P(StoreContract, RetryingASkippedJobBeginsIt) {
    WorkflowDesk desk{*store_};
    const WorkflowId id = desk.add({node("a"), node("b", {"a"}), node("c", {"b"})});
    desk.end("a", JobState::discarded);
    EXPECT_EQ(retry(desk.id("b")), ControlResult::done);
    EXPECT_EQ(desk.states(id), "a discarded, b available, c pending");
    desk.complete({"b", "c"});
    EXPECT_EQ(desk.state(id), WorkflowState::partial);
    desk.expect_sound();
}

TEST_P(StoreContract, ARetriedJobWaitsForAParentThatRunsAgain) {
    WorkflowDesk desk{*store_};
    const WorkflowId id = desk.add({node("a"), node("b", {"a"}, OnFailure::go_on)});
    desk.end("a", JobState::discarded);
    desk.end("b", JobState::discarded);
    const std::vector ids{desk.id("a"), desk.id("b")};
    EXPECT_THAT(store_->retry(ids), ElementsAre(ControlResult::done, ControlResult::done));
    EXPECT_EQ(desk.states(id), "a available, b pending");
    desk.complete({"a", "b"});
    EXPECT_EQ(desk.state(id), WorkflowState::completed);
    EXPECT_EQ(get(desk.id("b")).lease_seq, 2U) << "numbers of leases are never used again";
    desk.expect_sound();
}

TEST_P(StoreContract, RetryingAWaitingAttemptChangesNothingElse) {
    WorkflowDesk desk{*store_};
    const WorkflowId id = desk.add({node("a"), node("b", {"a"})});
    const Lease lease = desk.claim("a");
    EXPECT_EQ(settle(to(lease, JobState::retryable, 1h)), SettleResult::ok);
    EXPECT_EQ(retry(desk.id("a")), ControlResult::done);
    EXPECT_EQ(desk.states(id), "a available, b pending");
    EXPECT_EQ(desk.view(id).counts, (WorkflowCounts{.pending = 1, .released = 1}));
    desk.expect_sound();
}

TEST_P(StoreContract, JobsArePrunedWithTheirWorkflow) {
    REQUIRE_VIRTUAL_CLOCK();
    WorkflowDesk desk{*store_};
    const WorkflowId id = desk.add({node("a"), node("b", {"a"}), node("c", {"b"})});
    const Retention retention{.completed = 1h, .cancelled = 2h, .discarded = 3h};
    desk.end("a");
    clock_.advance(24h);
    EXPECT_EQ(store_->prune(retention, 100), 0U) << "it runs";
    desk.complete({"b", "c"});
    clock_.advance(59min);
    EXPECT_EQ(store_->prune(retention, 100), 0U);
    clock_.advance(1min);
    EXPECT_EQ(store_->prune(retention, 2), 2U);
    EXPECT_EQ(store_->find_workflow(id), std::nullopt);
    EXPECT_THAT(store_->list_workflows({}, {}, 10), IsEmpty());
    EXPECT_THAT(store_->workflow_jobs(id, 0, 10).jobs, IsEmpty());
    EXPECT_EQ(store_->cancel_workflow(id), ControlResult::not_found);
    EXPECT_EQ(retried_by(*store_, id, ControlResult::not_found), 0U);
    desk.expect_sound();
    EXPECT_EQ(store_->prune(retention, 2), 1U);
    EXPECT_EQ(store_->find(desk.id("c")), std::nullopt);
    EXPECT_EQ(store_->prune(retention, 2), 0U);
    desk.expect_sound();
}

TEST_P(StoreContract, WorkflowsAreKeptAsTheyEnded) {
    REQUIRE_VIRTUAL_CLOCK();
    WorkflowDesk desk{*store_};
    const Retention retention{.completed = 1h, .cancelled = 2h, .discarded = 3h};
    const WorkflowId cancelled = desk.add({node("a")});
    EXPECT_EQ(store_->cancel_workflow(cancelled), ControlResult::done);
    const WorkflowId partial = desk.add({node("b"), node("c")});
    desk.end("b");
    desk.end("c", JobState::cancelled);
    const WorkflowId failed = desk.add({node("d")});
    desk.end("d", JobState::discarded);
    const WorkflowId removed = desk.add({node("e")});
    desk.end("e");
    EXPECT_EQ(remove(desk.id("e")), ControlResult::done);
    clock_.advance(1h);
    EXPECT_EQ(store_->prune(retention, 100), 1U);
    EXPECT_EQ(store_->find_workflow(removed), std::nullopt);
    EXPECT_TRUE(store_->find(desk.id("b"))) << "a completed job of a partial workflow";
    clock_.advance(1h);
    EXPECT_EQ(store_->prune(retention, 100), 1U);
    EXPECT_EQ(store_->find_workflow(cancelled), std::nullopt);
    clock_.advance(1h);
    EXPECT_EQ(store_->prune(retention, 100), 3U);
    EXPECT_EQ(store_->find_workflow(partial), std::nullopt);
    EXPECT_EQ(store_->find_workflow(failed), std::nullopt);
    EXPECT_THAT(store_->list({}, 10, "").jobs, IsEmpty());
    desk.expect_sound();
}

TEST_P(StoreContract, AWorkflowOutlivesAReopening) {
    REQUIRE_PERSISTENCE();
    NewWorkflow workflow = WorkflowDesk::with_callbacks(
        {node("a"), node("b", {"a"}), node("c", {"b"}, OnFailure::ignore)});
    workflow.callbacks.on_success->expires_at = store_->now() + 1h;
    const auto dump_of = [&](Store& store) {
        WorkflowDesk desk{store};
        return desk.states(workflow.id) + " of " + desk.view(workflow.id).name;
    };
    {
        WorkflowDesk desk{*store_};
        desk.add(workflow);
        desk.end("a");
    }
    const std::string before = dump_of(*store_);
    store_ = open();
    EXPECT_EQ(dump_of(*store_), before);
    EXPECT_EQ(store_->find_workflow(workflow.id)->callbacks, workflow.callbacks);
}

}  // namespace errand::test
