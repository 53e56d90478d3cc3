#include "conformance/suite/fixture.hpp"
#include "support/dump.hpp"

// Retrying, removing, pausing, pruning.

namespace errand::test {

TEST_P(StoreContract, RetryInEveryState) {
    for (const JobState state : reachable_states) {
        const JobId id = add_in(state);
        const std::string before = dump(get(id));
        const ControlResult result = retry(id);
        if (state == JobState::available || state == JobState::active) {
            EXPECT_EQ(result, ControlResult::refused) << to_string(state);
            EXPECT_EQ(dump(get(id)), before) << to_string(state);
        } else {
            EXPECT_EQ(result, ControlResult::done) << to_string(state);
            EXPECT_EQ(get(id).state, JobState::available) << to_string(state);
        }
        EXPECT_EQ(remove(id) == ControlResult::done, state != JobState::active);
    }
    EXPECT_EQ(retry(new_job_id()), ControlResult::not_found);
}

TEST_P(StoreContract, RetryingAnEndedJobStartsItsAttemptsAgain) {
    for (const JobState end : {JobState::completed, JobState::discarded, JobState::cancelled}) {
        const JobId id = add();
        Settlement item = to(claim_one(), end);
        item.counts_crash = true;
        item.counts_interruption = true;
        item.result = "1";
        item.error.emplace();
        item.error->message = "kept";
        settle(item);
        ASSERT_EQ(retry(id), ControlResult::done);
        const Job again = get(id);
        EXPECT_EQ(again.attempt, 0U) << to_string(end);
        EXPECT_EQ(again.crashes, 0U);
        EXPECT_EQ(again.interruptions, 0U);
        EXPECT_EQ(again.lease_seq, 1U);
        EXPECT_FALSE(again.finished_at);
        EXPECT_EQ(again.result, "");
        ASSERT_EQ(again.errors.size(), 1U);
        EXPECT_EQ(again.errors[0].message, "kept");
        const Lease lease = claim_one();
        EXPECT_EQ(lease.ref.id, id);
        EXPECT_EQ(lease.attempt, 1U);
        EXPECT_EQ(lease.crashes, 0U);
        EXPECT_EQ(lease.interruptions, 0U);
        EXPECT_EQ(lease.ref.lease_seq, 2U);
    }
}

TEST_P(StoreContract, RetryingAWaitingJobKeepsItsAttempts) {
    const JobId id = add();
    Settlement item = to(claim_one(), JobState::retryable, 1h);
    item.counts_crash = true;
    settle(item);
    ASSERT_EQ(retry(id), ControlResult::done);
    EXPECT_EQ(get(id).attempt, 1U);
    EXPECT_EQ(get(id).crashes, 1U);
    EXPECT_EQ(claim_one().attempt, 2U);
    EXPECT_FALSE(store_->promote_due(10).next_due);
}

TEST_P(StoreContract, RemoveInEveryState) {
    for (const JobState state : reachable_states) {
        const JobId id = add_in(state);
        const bool active = state == JobState::active;
        EXPECT_EQ(remove(id), active ? ControlResult::refused : ControlResult::done)
            << to_string(state);
        EXPECT_EQ(store_->find(id).has_value(), active) << to_string(state);
        EXPECT_EQ(remove(id), active ? ControlResult::refused : ControlResult::not_found);
    }
    EXPECT_TRUE(claim_brought().empty());
    EXPECT_FALSE(store_->promote_due(10).next_due);
}

TEST_P(StoreContract, RemovingTakesAllThatWasKept) {
    const NewJob again = job();
    add(again);
    const Lease lease = claim_one();
    ASSERT_TRUE(store_->record_effect(lease.ref, "mail", "1", EffectWrite::first_stays));
    Settlement item = to(lease, JobState::discarded);
    item.log = "log";
    item.error.emplace();
    settle(item);
    ASSERT_EQ(remove(again.id), ControlResult::done);
    EXPECT_TRUE(store_->logs(again.id).empty());
    EXPECT_FALSE(store_->find_effect(again.id, "mail"));
    add(again);  // the same id may come again, and finds nothing of the old job
    EXPECT_TRUE(get(again.id).errors.empty());
    EXPECT_TRUE(store_->logs(again.id).empty());
    EXPECT_FALSE(store_->find_effect(again.id, "mail"));
    EXPECT_EQ(claim_one().ref.id, again.id);
}

TEST_P(StoreContract, PausingTwiceIsNoErrorAndRunningJobsGoOn) {
    add_many(2);
    const Lease lease = claim_one();
    store_->set_paused("default", true);
    store_->set_paused("default", true);
    EXPECT_TRUE(store_->stats().queues.at("default").paused);
    EXPECT_TRUE(claim().empty());
    EXPECT_EQ(beat({lease.ref, 10s, std::nullopt, std::nullopt}), HeartbeatResult::ok);
    EXPECT_EQ(settle(to(lease, JobState::completed)), SettleResult::ok);
    store_->set_paused("default", false);
    store_->set_paused("default", false);
    EXPECT_FALSE(store_->stats().queues.at("default").paused);
    EXPECT_EQ(claim().size(), 1U);
}

TEST_P(StoreContract, PausingLastsBeyondTheStoreObject) {
    REQUIRE_PERSISTENCE();
    store_->set_paused("default", true);
    store_.reset();
    store_ = open();
    add();
    EXPECT_TRUE(claim().empty());
}

TEST_P(StoreContract, PausedQueuesStillTakeAndPromoteJobs) {
    store_->set_paused("default", true);
    NewJob later = job();
    later.run_at = store_->now() + 1h;
    add(later);
    ASSERT_EQ(retry(later.id), ControlResult::done);
    EXPECT_EQ(state(later.id), JobState::available);
}

TEST_P(StoreContract, PruneGoesByStateAndAge) {
    REQUIRE_VIRTUAL_CLOCK();
    const JobId completed = add_in(JobState::completed);
    const JobId cancelled = add_in(JobState::cancelled);
    const JobId discarded = add_in(JobState::discarded);
    const Retention retention{.completed = 10s, .cancelled = 20s, .discarded = 30s};
    clock_.advance(9s);
    EXPECT_EQ(store_->prune(retention, 100), 0U);
    clock_.advance(2s);
    EXPECT_EQ(store_->prune(retention, 100), 1U);
    EXPECT_FALSE(store_->find(completed));
    clock_.advance(10s);
    EXPECT_EQ(store_->prune(retention, 100), 1U);
    EXPECT_FALSE(store_->find(cancelled));
    EXPECT_TRUE(store_->find(discarded));
    clock_.advance(10s);
    EXPECT_EQ(store_->prune(retention, 100), 1U);
    EXPECT_FALSE(store_->find(discarded));
}

TEST_P(StoreContract, ZeroRetentionPrunesAtOnceAndOnlyEndedJobs) {
    for (const JobState state : reachable_states)
        add_in(state);
    EXPECT_EQ(store_->prune({0s, 0s, 0s}, 100), 3U);
    const auto states = store_->stats().states;
    for (const JobState state : reachable_states)
        EXPECT_EQ(states.at(state), is_end(state) ? 0U : 1U) << to_string(state);
}

TEST_P(StoreContract, PruneRemovesAtMostMax) {
    const auto ids = add_many(7);
    for (const Lease& lease : claim())
        settle(to(lease, JobState::completed));
    EXPECT_EQ(store_->prune({0s, 0s, 0s}, 3), 3U);
    EXPECT_EQ(store_->stats().states.at(JobState::completed), 4U);
    EXPECT_EQ(store_->prune({0s, 0s, 0s}, 3), 3U);
    EXPECT_EQ(store_->prune({0s, 0s, 0s}, 3), 1U);
    EXPECT_EQ(store_->prune({0s, 0s, 0s}, 3), 0U);
}

TEST_P(StoreContract, AJobThatCameBackIsNotPruned) {
    const JobId id = add_in(JobState::completed);
    ASSERT_EQ(retry(id), ControlResult::done);
    EXPECT_EQ(store_->prune({0s, 0s, 0s}, 100), 0U);
    EXPECT_TRUE(store_->find(id));
}

TEST_P(StoreContract, AHealthyStoreChecksOut) {
    for (const JobState state : reachable_states)
        add_in(state);
    const auto findings = store_->check();
    EXPECT_FALSE(findings.empty());
    for (const CheckFinding& finding : findings)
        EXPECT_TRUE(finding.ok) << finding.what << ": " << finding.detail;
}

}  // namespace errand::test
