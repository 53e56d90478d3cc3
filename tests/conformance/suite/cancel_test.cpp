#include "conformance/suite/fixture.hpp"

// Cancelling, in every state and against a settlement in both orders (invariant I13).

namespace errand::test {

TEST_P(StoreContract, CancelInEveryState) {
    for (const JobState state : reachable_states) {
        const JobId id = add_in(state);
        const Job before = get(id);
        const ControlResult result = cancel(id);
        const Job after = get(id);
        switch (state) {
            case JobState::completed:
            case JobState::discarded:
                EXPECT_EQ(result, ControlResult::refused) << to_string(state);
                EXPECT_EQ(after.state, state);
                break;
            case JobState::active:
                EXPECT_EQ(result, ControlResult::requested);
                EXPECT_EQ(after.state, JobState::active);
                EXPECT_TRUE(after.cancel_requested);
                break;
            default:
                EXPECT_EQ(result, ControlResult::done) << to_string(state);
                EXPECT_EQ(after.state, JobState::cancelled);
                EXPECT_TRUE(after.finished_at);
                EXPECT_FALSE(after.cancel_requested);
        }
        if (is_end(state)) {
            EXPECT_EQ(after.finished_at, before.finished_at) << to_string(state);
        }
    }
    EXPECT_EQ(cancel(new_job_id()), ControlResult::not_found);
}

TEST_P(StoreContract, ACancelledJobIsNeverClaimed) {
    const JobId id = add();
    ASSERT_EQ(cancel(id), ControlResult::done);
    EXPECT_TRUE(claim().empty());
    NewJob later = job();
    later.delay = 0s;
    later.run_at = store_->now() + 1h;
    ASSERT_EQ(cancel(add(later)), ControlResult::done);
    EXPECT_FALSE(store_->promote_due(10).next_due);
}

TEST_P(StoreContract, ACancelRequestReachesTheHeartbeat) {
    const JobId id = add();
    const Lease lease = claim_one();
    const Heartbeat plain{lease.ref, 10s, std::nullopt, std::nullopt};
    EXPECT_EQ(beat(plain), HeartbeatResult::ok);
    EXPECT_EQ(cancel(id), ControlResult::requested);
    EXPECT_EQ(cancel(id), ControlResult::requested);
    EXPECT_EQ(beat(plain), HeartbeatResult::cancel_requested);
    EXPECT_EQ(beat(plain), HeartbeatResult::cancel_requested);
}

TEST_P(StoreContract, CancelBeforeSettleEndsAsCancelled) {
    for (const JobState target : settle_states) {
        if (target == JobState::cancelled) continue;
        const JobId id = add();
        const Lease lease = claim_one();
        ASSERT_EQ(cancel(id), ControlResult::requested);
        EXPECT_EQ(settle(to(lease, target, 1h)), SettleResult::recorded_cancel)
            << to_string(target);
        const Job job = get(id);
        EXPECT_EQ(job.state, JobState::cancelled) << to_string(target);
        EXPECT_TRUE(job.finished_at);
        EXPECT_FALSE(job.cancel_requested);
    }
    EXPECT_TRUE(claim().empty());
}

TEST_P(StoreContract, CancelBeforeSettleToCancelled) {
    const JobId id = add();
    const Lease lease = claim_one();
    ASSERT_EQ(cancel(id), ControlResult::requested);
    EXPECT_EQ(settle(to(lease, JobState::cancelled)), SettleResult::ok);  // as was asked for
    EXPECT_EQ(state(id), JobState::cancelled);
    EXPECT_EQ(cancel(id), ControlResult::done);
}

TEST_P(StoreContract, TheResultIsKeptThoughTheJobIsCancelled) {
    const JobId id = add();
    Settlement item = to(claim_one(), JobState::completed);
    item.result = "[42]";
    item.log = "worked";
    ASSERT_EQ(cancel(id), ControlResult::requested);
    EXPECT_EQ(settle(item), SettleResult::recorded_cancel);
    EXPECT_EQ(get(id).result, "[42]");
    ASSERT_EQ(store_->logs(id).size(), 1U);
    EXPECT_EQ(settle(item), SettleResult::already_settled);
}

TEST_P(StoreContract, SettleBeforeCancelStands) {
    const JobId completed = add();
    settle(to(claim_one(), JobState::completed));
    EXPECT_EQ(cancel(completed), ControlResult::refused);
    EXPECT_EQ(state(completed), JobState::completed);

    const JobId waiting = add();
    const Lease lease = claim_one();
    settle(to(lease, JobState::retryable, 1h));
    EXPECT_EQ(cancel(waiting), ControlResult::done);
    EXPECT_EQ(state(waiting), JobState::cancelled);
    EXPECT_EQ(settle(to(lease, JobState::retryable, 1h)), SettleResult::already_settled);
}

TEST_P(StoreContract, ACancelRequestSurvivesATakeOver) {
    REQUIRE_VIRTUAL_CLOCK();
    const JobId id = add();
    (void)claim_one(5s);
    ASSERT_EQ(cancel(id), ControlResult::requested);
    clock_.advance(5s);
    const auto taken = store_->take_over_expired(worker(), 10, 15s);
    ASSERT_EQ(taken.size(), 1U);
    EXPECT_TRUE(get(id).cancel_requested);
    EXPECT_EQ(settle(to(taken[0].lease, JobState::retryable, 1s)), SettleResult::recorded_cancel);
    EXPECT_EQ(state(id), JobState::cancelled);
}

TEST_P(StoreContract, ACancelRequestDoesNotOutliveItsAttempt) {
    const JobId id = add();
    const Lease lease = claim_one();
    ASSERT_EQ(cancel(id), ControlResult::requested);
    settle(to(lease, JobState::completed));
    ASSERT_EQ(retry(id), ControlResult::done);
    EXPECT_FALSE(get(id).cancel_requested);
    const Lease again = claim_one();
    EXPECT_FALSE(get(id).cancel_requested);
    EXPECT_EQ(settle(to(again, JobState::completed)), SettleResult::ok);
    EXPECT_EQ(state(id), JobState::completed);
}

TEST_P(StoreContract, CancellingManyAnswersInOrder) {
    const JobId active = add_in(JobState::active);
    const JobId waiting = add_in(JobState::scheduled);
    const JobId done = add_in(JobState::completed);
    const std::vector ids{done, new_job_id(), waiting, active, waiting};
    EXPECT_EQ(store_->cancel(ids),
              (std::vector{ControlResult::refused, ControlResult::not_found, ControlResult::done,
                           ControlResult::requested, ControlResult::done}));
}

}  // namespace errand::test
