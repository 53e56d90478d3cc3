#include "conformance/suite/workflow_desk.hpp"

// Workflows as they are put in, refused, extended and looked at.

namespace errand::test {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::SizeIs;

TEST_P(StoreContract, WorkflowHoldsBackWhatComesAfter) {
    WorkflowDesk desk{*store_};
    NewWorkflow workflow = WorkflowDesk::with_callbacks({node("a"), node("b", {"a"})});
    workflow.jobs[1].job.meta = R"({"x": 1})";
    const WorkflowId id = desk.add(workflow);
    EXPECT_EQ(desk.states(id), "a available, b pending");
    const Job b = get(desk.id("b"));
    EXPECT_EQ(b.state, JobState::pending);
    EXPECT_EQ(b.workflow, id);
    EXPECT_EQ(b.workflow_job, "b");
    EXPECT_EQ(b.meta, R"({"x": 1})");
    EXPECT_EQ(b.attempt, 0U);
    const WorkflowView view = desk.view(id);
    EXPECT_EQ(view.name, "test");
    EXPECT_EQ(view.state, WorkflowState::running);
    EXPECT_EQ(view.run, 1U);
    EXPECT_EQ(view.created_at, b.created_at);
    EXPECT_EQ(view.finished_at, std::nullopt);
    EXPECT_EQ(view.counts, (WorkflowCounts{.pending = 1, .released = 1}));
    EXPECT_EQ(view.callbacks, workflow.callbacks);
    EXPECT_TRUE(desk.claim("a").in_workflow);
    add();
    EXPECT_FALSE(claim_one().in_workflow);
    desk.expect_sound();
}

TEST_P(StoreContract, PendingJobsAreCountedListedAndNeverDue) {
    WorkflowDesk desk{*store_};
    desk.add({node("a"), node("b", {"a"}), node("c", {"b"})});
    const StoreStats stats = store_->stats();
    EXPECT_EQ(stats.states.at(JobState::pending), 2U);
    EXPECT_EQ(stats.queues.at("default").pending, 2U);
    EXPECT_EQ(stats.queues.at("default").scheduled, 0U);
    EXPECT_EQ(stats.queues.at("default").retryable, 0U);
    const auto page = store_->list({.states = {JobState::pending}}, 10, "");
    EXPECT_THAT(ids_of(page.jobs), ElementsAre(desk.id("c"), desk.id("b")));
    EXPECT_EQ(store_->promote_due(100).next_due, std::nullopt);
    EXPECT_EQ(retry(desk.id("b")), ControlResult::refused);
    desk.expect_sound();
}

TEST_P(StoreContract, WorkflowIsInsertedOnce) {
    WorkflowDesk desk{*store_};
    const NewWorkflow workflow = WorkflowDesk::workflow({node("a"), node("b", {"a"})});
    desk.add(workflow);
    NewWorkflow again = workflow;
    again.jobs.push_back(node("c"));
    EXPECT_FALSE(store_->insert_workflow(again));
    EXPECT_EQ(desk.states(workflow.id), "a available, b pending");
}

TEST_P(StoreContract, WorkflowWakesWorkAndSchedule) {
    expect_wakes(*store_, WakeChannel::work,
                 [&] { store_->insert_workflow(WorkflowDesk::workflow({node("a")})); });
    expect_wakes(*store_, WakeChannel::schedule, [&] {
        NewWorkflow later = WorkflowDesk::workflow({node("a")});
        later.jobs[0].job.delay = 1h;
        store_->insert_workflow(later);
    });
}

TEST_P(StoreContract, WorkflowIsRefusedWhole) {
    const JobId there = add();
    const auto refuses = [&](ErrorCode code, auto&& spoil) {
        NewWorkflow workflow = WorkflowDesk::workflow({node("a"), node("b", {"a"})});
        spoil(workflow);
        expect_error(code, [&] { store_->insert_workflow(workflow); });
        EXPECT_EQ(store_->find_workflow(workflow.id), std::nullopt);
    };
    using W = NewWorkflow;
    refuses(ErrorCode::invalid_argument, [](W& w) { w.id = {}; });
    refuses(ErrorCode::invalid_argument, [](W& w) { w.jobs.clear(); });
    refuses(ErrorCode::invalid_argument, [](W& w) { w.jobs[0].job.id = {}; });
    refuses(ErrorCode::invalid_argument, [](W& w) { w.jobs[0].name = "no name"; });
    refuses(ErrorCode::invalid_argument, [](W& w) { w.jobs[1].name = "a"; });
    refuses(ErrorCode::invalid_argument, [](W& w) { w.jobs[1].job.id = w.jobs[0].job.id; });
    refuses(ErrorCode::invalid_argument, [](W& w) { w.jobs[1].after[0].parent = "z"; });
    refuses(ErrorCode::invalid_argument, [](W& w) { w.jobs[0].after = {{"b"}}; });
    refuses(ErrorCode::invalid_argument, [](W& w) { w.jobs[1].after = {{"a"}, {"a"}}; });
    refuses(ErrorCode::invalid_argument, [](W& w) { w.jobs[1].job.unique_key = "u"; });
    refuses(ErrorCode::invalid_argument, [](W& w) { w.jobs[1].job.delay = -1s; });
    refuses(ErrorCode::invalid_argument, [](W& w) {
        w.callbacks.on_complete = job();
        w.callbacks.on_complete->unique_key = "u";
    });
    refuses(ErrorCode::conflict, [&](W& w) { w.jobs[1].job.id = there; });
    EXPECT_EQ(store_->stats().states.at(JobState::pending), 0U);
    EXPECT_THAT(store_->list({}, 10, "").jobs, SizeIs(1));
}

TEST_P(StoreContract, WorkflowsAreListedNewestFirst) {
    WorkflowDesk desk{*store_};
    std::vector<WorkflowId> ids;
    for (const char* name : {"a", "b", "c", "d"})
        ids.push_back(desk.add({node(name)}));
    desk.complete({"b", "d"});
    const auto listed = [&](std::optional<WorkflowState> state, std::optional<WorkflowId> before,
                            std::uint32_t max) {
        std::vector<WorkflowId> found;
        for (const WorkflowView& view : store_->list_workflows(state, before, max))
            found.push_back(view.id);
        return found;
    };
    EXPECT_THAT(listed({}, {}, 10), ElementsAre(ids[3], ids[2], ids[1], ids[0]));
    EXPECT_THAT(listed({}, {}, 2), ElementsAre(ids[3], ids[2]));
    EXPECT_THAT(listed({}, ids[2], 10), ElementsAre(ids[1], ids[0]));
    EXPECT_THAT(listed(WorkflowState::running, {}, 10), ElementsAre(ids[2], ids[0]));
    EXPECT_THAT(listed(WorkflowState::completed, ids[3], 10), ElementsAre(ids[1]));
    EXPECT_THAT(listed(WorkflowState::failed, {}, 10), IsEmpty());
    expect_error(ErrorCode::invalid_argument, [&] { (void)listed({}, {}, 0); });
    expect_error(ErrorCode::invalid_argument, [&] { (void)listed({}, {}, 1'001); });
    expect_error(ErrorCode::not_found, [&] { (void)listed({}, new_job_id(), 10); });
}

TEST_P(StoreContract, JobsOfAWorkflowAreReadInPages) {
    WorkflowDesk desk{*store_};
    const WorkflowId other = desk.add({node("x")});
    NewWorkflow workflow = WorkflowDesk::workflow(
        {node("c", {"a", "b"}, OnFailure::ignore), node("a"), node("b", {"a"}, OnFailure::go_on)});
    workflow.jobs[1].job.queue = "other";
    const WorkflowId id = desk.add(workflow);
    WorkflowJobPage page = store_->workflow_jobs(id, 0, 2);
    ASSERT_THAT(page.jobs, SizeIs(2));
    EXPECT_EQ(page.jobs[0].name, "c");
    EXPECT_EQ(page.jobs[0].id, desk.id("c"));
    EXPECT_EQ(page.jobs[0].after, workflow.jobs[0].after);
    EXPECT_EQ(page.jobs[0].state, JobState::pending);
    EXPECT_FALSE(page.jobs[0].skipped);
    EXPECT_EQ(page.jobs[1].name, "a");
    EXPECT_EQ(page.jobs[1].type, "a");
    EXPECT_EQ(page.jobs[1].queue, "other");
    EXPECT_THAT(page.jobs[1].after, IsEmpty());
    ASSERT_NE(page.next, 0U);
    page = store_->workflow_jobs(id, page.next, 2);
    ASSERT_THAT(page.jobs, SizeIs(1));
    EXPECT_EQ(page.jobs[0].name, "b");
    EXPECT_EQ(page.jobs[0].after, workflow.jobs[2].after);
    EXPECT_EQ(page.next, 0U);
    EXPECT_THAT(store_->workflow_jobs(other, 0, 10).jobs, SizeIs(1));
    EXPECT_THAT(store_->workflow_jobs(new_job_id(), 0, 10).jobs, IsEmpty());
    expect_error(ErrorCode::invalid_argument, [&] { (void)store_->workflow_jobs(id, 0, 0); });
    expect_error(ErrorCode::invalid_argument, [&] { (void)store_->workflow_jobs(id, 0, 10'001); });
}

TEST_P(StoreContract, ProgressOfARunningJobIsSeenInItsWorkflow) {
    WorkflowDesk desk{*store_};
    const WorkflowId id = desk.add({node("a")});
    const Lease lease = desk.claim("a");
    Heartbeat beat_item{lease.ref, {}, Progress{3, 10, "frames"}, {}};
    EXPECT_EQ(beat(beat_item), HeartbeatResult::ok);
    EXPECT_THAT(store_->workflow_jobs(id, 0, 1).jobs.at(0).progress,
                Optional(Progress{3, 10, "frames"}));
    EXPECT_EQ(desk.settle(lease, JobState::completed), SettleResult::ok);
    EXPECT_EQ(store_->workflow_jobs(id, 0, 1).jobs.at(0).progress, std::nullopt);
}

TEST_P(StoreContract, ParentsPassTheirResultsOn) {
    WorkflowDesk desk{*store_};
    desk.add({node("c", {"b", "a"}, OnFailure::go_on), node("a"), node("b")});
    EXPECT_THAT(store_->parent_results(desk.id("c")), IsEmpty());
    desk.end("a", JobState::completed, R"({"frames": 3.10})");
    auto results = store_->parent_results(desk.id("c"));
    ASSERT_THAT(results, SizeIs(1));
    EXPECT_EQ(results[0].name, "a");
    EXPECT_EQ(results[0].id, desk.id("a"));
    EXPECT_EQ(results[0].state, JobState::completed);
    EXPECT_EQ(results[0].result, R"({"frames": 3.10})");
    desk.end("b", JobState::discarded);
    EXPECT_EQ(remove(desk.id("a")), ControlResult::done);
    results = store_->parent_results(desk.id("c"));
    ASSERT_THAT(results, SizeIs(2));
    EXPECT_EQ(results[0].name, "b");
    EXPECT_EQ(results[0].state, JobState::discarded);
    EXPECT_EQ(results[0].result, "");
    EXPECT_EQ(results[1].name, "a");
    EXPECT_EQ(results[1].state, JobState::completed);
    EXPECT_EQ(results[1].result, "") << "it was removed";
    EXPECT_THAT(store_->parent_results(desk.id("a")), IsEmpty());
    EXPECT_THAT(store_->parent_results(add()), IsEmpty());
    EXPECT_THAT(store_->parent_results(new_job_id()), IsEmpty());
}

TEST_P(StoreContract, ARunningJobAddsToItsWorkflow) {
    WorkflowDesk desk{*store_};
    const WorkflowId id = desk.add({node("a"), node("b", {"a"}), node("z", {"b"})});
    desk.end("a");
    const Lease lease = desk.claim("b");
    const std::vector<WorkflowJob> jobs{node("after_all", {"free", "late"}), node("free"),
                                        node("late", {"b"}), node("done", {"a"})};
    EXPECT_THAT(desk.extend(lease, jobs),
                Optional(ElementsAre(AddResult::added, AddResult::added, AddResult::added,
                                     AddResult::added)));
    EXPECT_EQ(desk.states(id),
              "a completed, b active, z pending, after_all pending, free available, late pending, "
              "done available");
    EXPECT_EQ(get(desk.id("late")).workflow, id);
    EXPECT_EQ(desk.view(id).counts, (WorkflowCounts{.pending = 3, .released = 3, .completed = 1}));
    // The same call once more, and one more job of a name that is taken.
    EXPECT_THAT(desk.extend(lease, {jobs[1], node("more"), jobs[2]}),
                Optional(ElementsAre(AddResult::already_there, AddResult::added,
                                     AddResult::already_there)));
    EXPECT_EQ(desk.settle(lease, JobState::completed), SettleResult::ok);
    desk.complete({"late", "free", "done", "more", "z", "after_all"});
    EXPECT_EQ(desk.state(id), WorkflowState::completed);
    EXPECT_EQ(desk.view(id).counts, (WorkflowCounts{.completed = 8}));
    desk.expect_sound();
}

TEST_P(StoreContract, AddedJobsFeelHowTheirParentsEnded) {
    WorkflowDesk desk{*store_};
    const WorkflowId id = desk.add({node("bad"), node("a")});
    desk.end("bad", JobState::discarded);
    const Lease lease = desk.claim("a");
    ASSERT_TRUE(desk.extend(lease, {node("beyond", {"hopeless"}), node("hopeless", {"bad"}),
                                    node("brave", {"bad"}, OnFailure::go_on)}));
    EXPECT_EQ(desk.states(id),
              "bad discarded, a active, beyond skipped, hopeless skipped, brave available");
    EXPECT_EQ(desk.view(id).counts, (WorkflowCounts{.released = 2, .failed = 1, .skipped = 2}));
    desk.expect_sound();
}

TEST_P(StoreContract, AddingJobsIsFencedAndRefusedWhole) {
    WorkflowDesk desk{*store_};
    const WorkflowId id = desk.add({node("a")});
    const Lease lease = desk.claim("a");
    Lease stale = lease;
    ++stale.ref.lease_seq;
    EXPECT_EQ(desk.extend(stale, {node("b")}), std::nullopt);
    const auto refuses = [&](ErrorCode code, std::vector<WorkflowJob> jobs) {
        expect_error(code, [&] { (void)desk.extend(lease, jobs); });
    };
    refuses(ErrorCode::invalid_argument, {node("b"), node("c", {"nobody"})});
    refuses(ErrorCode::invalid_argument, {node("b", {"c"}), node("c", {"b"})});
    refuses(ErrorCode::invalid_argument, {node("b"), node("b")});
    refuses(ErrorCode::invalid_argument, {node("no name")});
    WorkflowJob taken = node("b");
    taken.job.id = add();
    refuses(ErrorCode::conflict, {taken});
    WorkflowJob unique = node("b");
    unique.job.unique_key = "u";
    refuses(ErrorCode::invalid_argument, {unique});
    const Lease alone = claim_one();
    expect_error(ErrorCode::conflict, [&] { (void)desk.extend(alone, {node("b")}); });
    EXPECT_EQ(desk.states(id), "a active");
    EXPECT_EQ(desk.settle(lease, JobState::completed), SettleResult::ok);
    EXPECT_EQ(desk.extend(lease, {node("b")}), std::nullopt) << "it is settled";
    EXPECT_EQ(desk.state(id), WorkflowState::completed);
    desk.expect_sound();
}

TEST_P(StoreContract, AWorkflowHoldsNoMoreThanItsLimit) {
    std::vector<WorkflowJob> jobs;
    for (std::size_t i = 0; i < max_workflow_jobs + 1; ++i) {
        jobs.push_back(node("n" + std::to_string(i)));
        jobs.back().job.type = "t";  // or each would have a lane of its own
    }
    NewWorkflow workflow = WorkflowDesk::workflow(std::move(jobs));
    expect_error(ErrorCode::limit_exceeded, [&] { store_->insert_workflow(workflow); });
    workflow.jobs.pop_back();
    workflow.jobs.back() = node("adder");
    WorkflowDesk desk{*store_};
    desk.add(workflow);
    const Lease lease = desk.claim("adder");
    expect_error(ErrorCode::limit_exceeded, [&] { (void)desk.extend(lease, {node("more")}); });
    EXPECT_EQ(desk.view(workflow.id).counts.total(), max_workflow_jobs);
}

}  // namespace errand::test
