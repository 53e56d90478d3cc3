#include "conformance/suite/fixture.hpp"

#include <algorithm>

// Who is claimed, in which order, and what a lease says.

namespace errand::test {

TEST_P(StoreContract, ALeaseHasAllThatIsNeededToRun) {
    NewJob wanted = job();
    wanted.args = "[1,2]";
    wanted.meta = R"({"a":1})";
    wanted.priority = 4;
    wanted.max_attempts = 9;
    wanted.retry = RetryPolicy::fixed(3s);
    wanted.timeout = 250ms;
    wanted.key = "customer 7";
    wanted.expires_at = store_->now() + 3h;
    add(wanted);
    const Lease lease = claim_one(20s);
    EXPECT_EQ(lease.ref.id, wanted.id);
    EXPECT_EQ(lease.ref.lease_seq, 1U);
    EXPECT_EQ(lease.type, "t");
    EXPECT_EQ(lease.queue, "default");
    EXPECT_EQ(lease.args, wanted.args);
    EXPECT_EQ(lease.meta, wanted.meta);
    EXPECT_EQ(lease.attempt, 1U);
    EXPECT_EQ(lease.max_attempts, 9U);
    EXPECT_EQ(lease.crashes, 0U);
    EXPECT_EQ(lease.interruptions, 0U);
    EXPECT_EQ(lease.retry, wanted.retry);
    EXPECT_EQ(lease.timeout, wanted.timeout);
    EXPECT_EQ(lease.priority, 4);
    EXPECT_EQ(lease.key, "customer 7");
    EXPECT_EQ(lease.expires_at, wanted.expires_at);
    EXPECT_EQ(lease.scheduled_at, get(wanted.id).scheduled_at);
    EXPECT_EQ(lease.lease_until, lease.claimed_at + 20s);
    EXPECT_LE(lease.claimed_at, store_->now());
}

TEST_P(StoreContract, AClaimedJobShowsItsAttempt) {
    const JobId id = add();
    const Lease lease = claim_one();
    const Job active = get(id);
    EXPECT_EQ(active.state, JobState::active);
    EXPECT_EQ(active.attempt, 1U);
    EXPECT_EQ(active.lease_seq, 1U);
    EXPECT_EQ(active.started_at, lease.claimed_at);
    EXPECT_EQ(active.worker, "w1");
    EXPECT_FALSE(active.finished_at);
    EXPECT_FALSE(active.cancel_requested);
}

TEST_P(StoreContract, NothingIsClaimedTwice) {
    add_many(5);
    EXPECT_EQ(claim(3).size(), 3U);
    EXPECT_EQ(claim(3).size(), 2U);
    EXPECT_TRUE(claim(3).empty());
}

TEST_P(StoreContract, HigherPriorityFirstThenOrderOfInsertion) {
    std::vector<NewJob> batch(6);
    std::ranges::generate(batch, [] { return job(); });
    const std::array priorities{0, 5, -5, 5, 0, max_priority};
    for (std::size_t i = 0; i < batch.size(); ++i)
        batch[i].priority = priorities[i];
    ASSERT_EQ(store_->insert(batch).size(), 6U);
    EXPECT_EQ(ids_of(claim()), (std::vector{batch[5].id, batch[1].id, batch[3].id, batch[0].id,
                                            batch[4].id, batch[2].id}));
}

TEST_P(StoreContract, InsertionOrderHoldsAcrossCallsAndIds) {
    NewJob first = job();
    NewJob second = job();
    std::swap(first.id, second.id);  // the later id goes in first
    add(first);
    add(second);
    EXPECT_EQ(ids_of(claim()), (std::vector{first.id, second.id}));
}

TEST_P(StoreContract, EarlierDueTimeBeforeInsertion) {
    REQUIRE_VIRTUAL_CLOCK();
    NewJob late = job();
    late.delay = 20s;
    NewJob early = job();
    early.delay = 10s;
    add(late);
    add(early);
    clock_.advance(30s);
    const JobId fresh = add();
    ASSERT_EQ(store_->promote_due(10).promoted, 2U);
    EXPECT_EQ(ids_of(claim()), (std::vector{early.id, late.id, fresh}));
}

TEST_P(StoreContract, OrderHoldsAcrossTypes) {
    std::vector<NewJob> batch{job("a"), job("b"), job("c"), job("a"), job("b")};
    batch[4].priority = 1;
    ASSERT_EQ(store_->insert(batch).size(), 5U);
    const auto leases = claim({worker(), {{"default", 10}}, {"c", "b", "a"}, 15s});
    EXPECT_EQ(ids_of(leases),
              (std::vector{batch[4].id, batch[0].id, batch[1].id, batch[2].id, batch[3].id}));
}

TEST_P(StoreContract, OnlyWantedTypesAreClaimedHoweverManyStandInFront) {
    std::vector<NewJob> others(600);
    std::ranges::generate(others, [] { return job("other"); });
    for (NewJob& other : others)
        other.priority = 10;
    ASSERT_EQ(store_->insert(others).size(), 600U);
    const JobId wanted = add();
    EXPECT_EQ(ids_of(claim(1)), std::vector{wanted});
    EXPECT_TRUE(claim(1).empty());
}

TEST_P(StoreContract, NoTypesClaimNothing) {
    add();
    EXPECT_TRUE(claim({worker(), {{"default", 10}}, {}, 15s}).empty());
}

TEST_P(StoreContract, QueuesAreServedInTheOrderAskedForUpToTheirShare) {
    std::vector<NewJob> batch;
    for (const char* queue : {"a", "b", "c", "a", "b", "c", "a", "b"})
        batch.push_back(job("t", queue));
    ASSERT_EQ(store_->insert(batch).size(), 8U);
    const auto leases = claim({worker(), {{"b", 2}, {"a", 9}, {"missing", 5}}, {"t"}, 15s});
    EXPECT_EQ(ids_of(leases),
              (std::vector{batch[1].id, batch[4].id, batch[0].id, batch[3].id, batch[6].id}));
    EXPECT_EQ(store_->stats().queues.at("c").available, 2U);
    EXPECT_EQ(store_->stats().queues.at("b").available, 1U);
}

TEST_P(StoreContract, AskingForNoneGivesNone) {
    add();
    EXPECT_TRUE(claim(0).empty());
    EXPECT_TRUE(claim({worker(), {}, {"t"}, 15s}).empty());
}

TEST_P(StoreContract, OnlyAvailableJobsAreClaimed) {
    for (const JobState state : reachable_states) {
        if (state != JobState::available) add_in(state);
    }
    EXPECT_TRUE(claim_brought().empty());
    const JobId available = add_in(JobState::available);
    EXPECT_EQ(ids_of(claim_brought()), std::vector{available});
}

TEST_P(StoreContract, PausedQueuesAreNotClaimedFrom) {
    const JobId id = add();
    const JobId other = add(job("t", "other"));
    store_->set_paused("default", true);
    EXPECT_EQ(ids_of(claim({worker(), {{"default", 5}, {"other", 5}}, {"t"}, 15s})),
              std::vector{other});
    store_->set_paused("default", false);
    EXPECT_EQ(ids_of(claim()), std::vector{id});
}

TEST_P(StoreContract, AttemptAndLeaseSeqRiseWithEveryClaim) {
    const JobId id = add();
    for (std::uint32_t round = 1; round <= 4; ++round) {
        const Lease lease = claim_one();
        EXPECT_EQ(lease.attempt, round);
        EXPECT_EQ(lease.ref.lease_seq, round);
        settle(to(lease, JobState::available));
    }
    EXPECT_EQ(get(id).attempt, 4U);
}

TEST_P(StoreContract, AReleasedJobKeepsItsPlace) {
    const auto ids = add_many(3);
    const Lease first = claim_one();
    settle(to(first, JobState::available));
    EXPECT_EQ(ids_of(claim()), ids);
}

TEST_P(StoreContract, ARetriedJobKeepsItsPlace) {
    REQUIRE_VIRTUAL_CLOCK();
    const JobId first = add();
    clock_.advance(1s);
    const JobId second = add();
    settle(to(claim_one(), JobState::retryable, 5s));
    clock_.advance(10s);
    const JobId third = add();
    ASSERT_EQ(store_->promote_due(5).promoted, 1U);
    EXPECT_EQ(ids_of(claim()), (std::vector{first, second, third}));
}

TEST_P(StoreContract, ASnoozedJobKeepsItsPlace) {
    REQUIRE_VIRTUAL_CLOCK();
    const JobId first = add();
    settle(to(claim_one(), JobState::scheduled, 5s));
    clock_.advance(10s);
    const JobId second = add();
    ASSERT_EQ(store_->promote_due(5).promoted, 1U);
    EXPECT_EQ(ids_of(claim()), (std::vector{first, second}));
}

TEST_P(StoreContract, NegativeLengthsAreRefused) {
    const JobId id = add();
    expect_error(ErrorCode::invalid_argument, [&] { (void)claim(1, -1s); });
    expect_error(ErrorCode::invalid_argument,
                 [&] { (void)store_->take_over_expired(worker(), 1, -1s); });
    const Lease lease = claim_one();
    expect_error(ErrorCode::invalid_argument,
                 [&] { (void)settle(to(lease, JobState::retryable, -1us)); });
    expect_error(ErrorCode::invalid_argument, [&] {
        (void)beat({lease.ref, -1us, std::nullopt, std::nullopt});
    });
    NewJob early = job();
    early.delay = -1us;
    expect_error(ErrorCode::invalid_argument, [&] { (void)store_->insert({&early, 1}); });
    EXPECT_EQ(state(id), JobState::active);
    EXPECT_EQ(settle(to(lease, JobState::completed)), SettleResult::ok);
}

}  // namespace errand::test
