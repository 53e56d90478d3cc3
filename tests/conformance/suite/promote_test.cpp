#include "conformance/suite/fixture.hpp"

// Due times (invariant I8: never early).

namespace errand::test {

namespace {

NewJob due_in(NewJob job, Duration delay) {
    job.delay = delay;
    return job;
}

}  // namespace

TEST_P(StoreContract, NothingIsPromotedEarly) {
    REQUIRE_VIRTUAL_CLOCK();
    const JobId id = add(due_in(job(), 10s));
    const Timestamp due = get(id).scheduled_at;
    clock_.advance(10s - 1us);
    Promotion promotion = store_->promote_due(10);
    EXPECT_EQ(promotion.promoted, 0U);
    EXPECT_EQ(promotion.next_due, due);
    EXPECT_TRUE(claim().empty());
    clock_.advance(1us);
    promotion = store_->promote_due(10);
    EXPECT_EQ(promotion.promoted, 1U);
    EXPECT_FALSE(promotion.next_due);
    EXPECT_EQ(ids_of(claim()), std::vector{id});
}

TEST_P(StoreContract, TheEarliestArePromotedFirst) {
    REQUIRE_VIRTUAL_CLOCK();
    const JobId third = add(due_in(job(), 30s));
    const JobId first = add(due_in(job(), 10s));
    const JobId second = add(due_in(job(), 20s));
    const JobId far = add(due_in(job(), 1h));
    clock_.advance(1min);
    Promotion promotion = store_->promote_due(2);
    EXPECT_EQ(promotion.promoted, 2U);
    EXPECT_EQ(promotion.next_due, get(third).scheduled_at);
    EXPECT_EQ(state(third), JobState::scheduled);
    EXPECT_EQ(ids_of(claim()), (std::vector{first, second}));
    promotion = store_->promote_due(2);
    EXPECT_EQ(promotion.promoted, 1U);
    EXPECT_EQ(promotion.next_due, get(far).scheduled_at);
}

TEST_P(StoreContract, RetryableAndScheduledJobsArePromotedAlike) {
    REQUIRE_VIRTUAL_CLOCK();
    const JobId retried = add();
    settle(to(claim_one(), JobState::retryable, 5s));
    const JobId snoozed = add();
    settle(to(claim_one(), JobState::scheduled, 6s));
    EXPECT_EQ(store_->promote_due(10).next_due, get(retried).scheduled_at);
    clock_.advance(5s);
    Promotion promotion = store_->promote_due(10);
    EXPECT_EQ(promotion.promoted, 1U);
    EXPECT_EQ(promotion.next_due, get(snoozed).scheduled_at);
    EXPECT_EQ(state(retried), JobState::available);
    clock_.advance(1s);
    EXPECT_EQ(store_->promote_due(10).promoted, 1U);
    EXPECT_EQ(state(snoozed), JobState::available);
}

TEST_P(StoreContract, PromotingNothingTellsOfNothing) {
    add();
    const Promotion promotion = store_->promote_due(10);
    EXPECT_EQ(promotion.promoted, 0U);
    EXPECT_FALSE(promotion.next_due);
}

TEST_P(StoreContract, PromotingAtMostNoneStillTellsWhen) {
    const JobId id = add(due_in(job(), 1h));
    const Promotion promotion = store_->promote_due(0);
    EXPECT_EQ(promotion.promoted, 0U);
    EXPECT_EQ(promotion.next_due, get(id).scheduled_at);
}

TEST_P(StoreContract, ARetryWithoutDelayIsDueAtOnce) {
    const JobId id = add();
    settle(to(claim_one(), JobState::retryable, 0s));
    EXPECT_EQ(state(id), JobState::retryable);
    EXPECT_TRUE(claim().empty());
    EXPECT_EQ(store_->promote_due(10).promoted, 1U);
    EXPECT_EQ(ids_of(claim()), std::vector{id});
}

TEST_P(StoreContract, PromotedJobsKeepTheirAttempts) {
    const JobId id = add();
    settle(to(claim_one(), JobState::retryable, 0s));
    ASSERT_EQ(store_->promote_due(10).promoted, 1U);
    EXPECT_EQ(get(id).attempt, 1U);
    EXPECT_EQ(get(id).lease_seq, 1U);
    EXPECT_EQ(claim_one().attempt, 2U);
}

}  // namespace errand::test
