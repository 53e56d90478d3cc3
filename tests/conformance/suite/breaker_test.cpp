#include "conformance/suite/fixture.hpp"

#include <algorithm>
#include <array>
#include <string>

// Breakers: after so many failures in a row nothing of the scope begins for a time, then one job
// tries. That it does is its lease, so no crash can lose the permit.

namespace errand::test {

namespace {

Limit breaker(const Scope& scope, std::uint32_t failures, Duration open_for) {
    Limit limit{.scope = scope};
    limit.breaker = Breaker{.failures = failures, .open_for = open_for};
    return limit;
}

/// The only limit of the store.
LimitView only_limit(Store& store) {
    auto views = store.limits();
    EXPECT_EQ(views.size(), 1U);
    return views.at(0);
}

Settlement ended(const Lease& lease, JobState to, TargetHealth target) {
    Settlement item;
    item.lease = lease.ref;
    item.to = to;
    item.delay = to == JobState::retryable ? Duration{100h} : Duration{};
    item.target = target;
    return item;
}

Settlement failed(const Lease& lease) {
    return ended(lease, JobState::retryable, TargetHealth::bad);
}

Settlement succeeded(const Lease& lease) {
    return ended(lease, JobState::completed, TargetHealth::good);
}

NewJob keyed(NewJob job, std::string_view key) {
    job.key = key;
    return job;
}

}  // namespace

TEST_P(StoreContract, FailuresInARowOpenABreaker) {
    REQUIRE_VIRTUAL_CLOCK();
    const Limit limit = breaker(Scope::type("t"), 3, 30s);
    store_->set_limit(limit);
    add_many(10);
    settle(failed(claim_one()));
    settle(failed(claim_one()));
    EXPECT_EQ(only_limit(*store_).failures, 2U);
    settle(succeeded(claim_one()));
    EXPECT_EQ(only_limit(*store_).failures, 0U);
    for (int i = 0; i < 3; ++i) {
        EXPECT_FALSE(only_limit(*store_).broken_until);
        settle(failed(claim_one()));
    }
    const LimitView view = only_limit(*store_);
    EXPECT_EQ(view.limit, limit);
    EXPECT_EQ(view.failures, 3U);
    EXPECT_EQ(view.broken_until, store_->now() + 30s);
    EXPECT_TRUE(claim().empty());
    NewJob other = job("u");
    add(other);
    EXPECT_EQ(store_->claim({worker(), {{"default", 5}}, {"t", "u"}, 15s}).size(), 1U)
        << "what the scope does not hold goes on";
}

TEST_P(StoreContract, OfTwoOutcomesOfOneLeaseOnlyTheFirstTeachesABreaker) {
    store_->set_limit(breaker(Scope::type("t"), 1, 30s));
    add_many(1);
    const Lease lease = claim_one();
    const std::array items{ended(lease, JobState::completed, TargetHealth::unknown), failed(lease)};
    EXPECT_EQ(store_->settle(items),
              (std::vector{SettleResult::ok, SettleResult::already_settled}));
    EXPECT_EQ(only_limit(*store_).failures, 0U);
}

TEST_P(StoreContract, OneJobTriesAndWhenItCompletesAllGoOn) {
    REQUIRE_VIRTUAL_CLOCK();
    store_->set_limit(breaker(Scope::queue("default"), 1, 30s));
    add_many(5);
    settle(failed(claim_one()));
    const Timestamp half_open = store_->now() + 30s;
    expect_wakes(*store_, WakeChannel::schedule, [&] { EXPECT_TRUE(claim().empty()); });
    EXPECT_EQ(store_->promote_due(10).next_due, half_open);
    clock_.advance(30s - 1us);
    EXPECT_TRUE(claim().empty());
    clock_.advance(1us);
    expect_wakes(*store_, WakeChannel::work,
                 [&] { EXPECT_NE(store_->promote_due(10).next_due, half_open); });
    const auto probe = claim();
    ASSERT_EQ(probe.size(), 1U);
    EXPECT_TRUE(claim().empty()) << "one at a time";
    const LimitView view = only_limit(*store_);
    EXPECT_EQ(view.held, 1U);
    EXPECT_EQ(view.holders, ids_of(probe));
    EXPECT_EQ(view.broken_until, half_open);
    expect_wakes(*store_, WakeChannel::work, [&] { settle(succeeded(probe[0])); });
    EXPECT_FALSE(only_limit(*store_).broken_until);
    EXPECT_EQ(only_limit(*store_).failures, 0U);
    EXPECT_EQ(claim().size(), 3U);
}

TEST_P(StoreContract, AJobThatTriesInVainOpensTheBreakerAgain) {
    REQUIRE_VIRTUAL_CLOCK();
    store_->set_limit(breaker(Scope::global(), 2, 10s));
    add_many(8);
    for (const Lease& lease : claim(2))
        settle(failed(lease));
    for (std::uint32_t round = 0; round < 3; ++round) {
        EXPECT_TRUE(claim().empty());
        clock_.advance(10s);
        const auto probe = claim();
        ASSERT_EQ(probe.size(), 1U) << round;
        clock_.advance(3s);
        settle(failed(probe[0]));
        EXPECT_EQ(only_limit(*store_).failures, 3 + round);
        EXPECT_EQ(only_limit(*store_).broken_until, store_->now() + 10s);
    }
}

TEST_P(StoreContract, WhatBeganBeforeABreakerOpenedNeitherExtendsNorClosesIt) {
    REQUIRE_VIRTUAL_CLOCK();
    store_->set_limit(breaker(Scope::type("t"), 2, 30s));
    add_many(8);
    const auto leases = claim(6, 1h);
    settle(failed(leases[0]));
    settle(failed(leases[1]));
    const auto until = only_limit(*store_).broken_until;
    ASSERT_TRUE(until);
    clock_.advance(10s);
    settle(failed(leases[2]));
    settle(succeeded(leases[3]));
    EXPECT_EQ(only_limit(*store_).broken_until, until);
    EXPECT_EQ(only_limit(*store_).failures, 2U);
    clock_.advance(20s);
    EXPECT_TRUE(claim().empty()) << "leases of the scope are still there";
    settle(succeeded(leases[4]));
    EXPECT_EQ(only_limit(*store_).broken_until, until) << "it began before";
    expect_wakes(*store_, WakeChannel::work, [&] { settle(failed(leases[5])); });
    EXPECT_EQ(only_limit(*store_).broken_until, until);
    const auto probe = claim();
    ASSERT_EQ(probe.size(), 1U);
    settle(succeeded(probe[0]));
    EXPECT_FALSE(only_limit(*store_).broken_until);
}

TEST_P(StoreContract, ACrashOfTheWorkerThatTriesLosesNoPermit) {
    REQUIRE_VIRTUAL_CLOCK();
    store_->set_limit(breaker(Scope::type("t"), 1, 30s));
    add_many(4);
    settle(failed(claim_one()));
    clock_.advance(30s);
    auto doomed = join("doomed");
    const auto probe = store_->claim({doomed->id(), {{"default", 5}}, {"t"}, 1h});
    ASSERT_EQ(probe.size(), 1U);
    doomed.reset();
    EXPECT_TRUE(claim().empty()) << "its handler may still run";
    auto taken = store_->take_over_expired(worker(), 5, 1h);
    ASSERT_EQ(taken.size(), 1U);
    EXPECT_TRUE(claim().empty());
    EXPECT_EQ(only_limit(*store_).held, 1U);
    EXPECT_EQ(settle(succeeded(probe[0])), SettleResult::lease_lost);
    EXPECT_TRUE(only_limit(*store_).broken_until) << "a stale success closes nothing";

    // It had not begun: nobody learns anything, and the next one tries.
    settle(ended(taken[0].lease, JobState::available, TargetHealth::unknown));
    doomed = join("doomed again");
    ASSERT_EQ(store_->claim({doomed->id(), {{"default", 5}}, {"t"}, 1h}).size(), 1U);
    doomed.reset();
    taken = store_->take_over_expired(worker(), 5, 1h);
    ASSERT_EQ(taken.size(), 1U);
    clock_.advance(5s);
    settle(ended(taken[0].lease, JobState::retryable, TargetHealth::bad));  // a crash
    EXPECT_EQ(only_limit(*store_).broken_until, store_->now() + 30s);
    clock_.advance(30s);
    EXPECT_EQ(claim().size(), 1U);
}

TEST_P(StoreContract, EveryWayOutOfATryLetsTheNextOneIn) {
    REQUIRE_VIRTUAL_CLOCK();
    store_->set_limit(breaker(Scope::global(), 1, 30s));
    add_many(20);
    settle(failed(claim_one()));
    for (const JobState target : settle_states) {
        clock_.advance(30s);
        const auto probe = claim();
        ASSERT_EQ(probe.size(), 1U) << to_string(target);
        EXPECT_TRUE(claim().empty());
        expect_wakes(*store_, WakeChannel::work,
                     [&] { settle(ended(probe[0], target, TargetHealth::unknown)); });
        EXPECT_TRUE(only_limit(*store_).broken_until);
    }
}

TEST_P(StoreContract, ABreakerOfAKeyIsAboutThatKeyInAllQueues) {
    REQUIRE_VIRTUAL_CLOCK();
    QueueSettings free;
    free.key_concurrency = 0;
    for (const char* queue : {"default", "other"})
        store_->set_queue_settings(queue, free);
    for (int i = 0; i < 3; ++i) {
        add(keyed(job(), "sick"));
        add(keyed(job("u", "other"), "sick"));
        add(keyed(job(), "well"));
    }
    const ClaimRequest all{worker(), {{"default", 10}, {"other", 10}}, {"t", "u"}, 15s};
    const auto first = store_->claim({worker(), {{"other", 1}}, {"u"}, 15s});
    store_->set_limit(breaker(Scope::key("sick"), 1, 30s));
    settle(failed(first.at(0)));
    auto leases = store_->claim(all);
    EXPECT_EQ(leases.size(), 3U);
    EXPECT_TRUE(std::ranges::all_of(leases, [](const Lease& one) { return one.key == "well"; }));
    clock_.advance(30s);
    leases = store_->claim(all);
    ASSERT_EQ(leases.size(), 1U);
    EXPECT_EQ(leases[0].key, "sick");
}

TEST_P(StoreContract, EachBreakerThatHoldsAJobLearnsFromIt) {
    REQUIRE_VIRTUAL_CLOCK();
    store_->set_limit(breaker(Scope::global(), 3, 10s));
    store_->set_limit(breaker(Scope::type("t"), 2, 60s));
    add_many(6);
    for (const Lease& lease : claim(2))
        settle(failed(lease));
    auto views = store_->limits();
    EXPECT_EQ(views.at(0).failures, 2U);
    EXPECT_FALSE(views.at(0).broken_until);
    EXPECT_EQ(views.at(1).broken_until, store_->now() + 60s);
    add(job("u"));
    const auto other = store_->claim({worker(), {{"default", 5}}, {"u"}, 15s});
    settle(failed(other.at(0)));
    EXPECT_TRUE(store_->limits().at(0).broken_until);
    clock_.advance(10s);
    EXPECT_TRUE(claim().empty()) << "all must allow it";
    clock_.advance(50s);
    EXPECT_EQ(claim().size(), 1U);
}

TEST_P(StoreContract, ABreakerLearnsFromAllItemsOfACallInTheirOrder) {
    store_->set_limit(breaker(Scope::type("t"), 3, 30s));
    const auto ids = add_many(30);
    const auto leases = claim(30);
    ASSERT_EQ(leases.size(), 30U);
    std::vector<Settlement> items;
    for (int i = 0; i < 2; ++i)
        items.push_back(failed(leases.at(static_cast<std::size_t>(i))));
    for (std::size_t i = 2; i < 20; ++i)
        items.push_back(succeeded(leases[i]));
    items.push_back(failed(leases[20]));
    items.push_back(failed(leases[20]));  // once more the same: it counts once
    EXPECT_EQ(store_->settle(items).size(), 22U);
    EXPECT_EQ(only_limit(*store_).failures, 1U);
    EXPECT_FALSE(only_limit(*store_).broken_until);
    items.clear();
    for (std::size_t i = 21; i < 30; ++i)
        items.push_back(succeeded(leases[i]));
    EXPECT_EQ(store_->settle(items).size(), 9U);
    EXPECT_EQ(only_limit(*store_).failures, 0U);
}

TEST_P(StoreContract, ABreakerLearnsOnceFromALeaseThatACallNamesTwice) {
    store_->set_limit(breaker(Scope::global(), 3, 1h));
    add_many(2);
    const auto leases = claim();
    EXPECT_EQ(settle(failed(leases.at(0))), SettleResult::ok);
    const std::array items{ended(leases.at(1), JobState::available, TargetHealth::unknown),
                           succeeded(leases.at(1))};
    EXPECT_THAT(store_->settle(items),
                testing::ElementsAre(SettleResult::ok, SettleResult::already_settled));
    EXPECT_EQ(only_limit(*store_).failures, 1U) << "the second one did not count";
}

TEST_P(StoreContract, ACancelledAttemptThatWasDoneClosesABreakerAllTheSame) {
    REQUIRE_VIRTUAL_CLOCK();
    store_->set_limit(breaker(Scope::global(), 1, 1s));
    add_many(2);
    settle(failed(claim_one()));
    clock_.advance(1s);
    const Lease probe = claim_one();
    EXPECT_EQ(cancel(probe.ref.id), ControlResult::requested);
    EXPECT_EQ(settle(succeeded(probe)), SettleResult::recorded_cancel);
    EXPECT_FALSE(only_limit(*store_).broken_until);
}

TEST_P(StoreContract, BreakersChangeAtRunTime) {
    REQUIRE_VIRTUAL_CLOCK();
    const Scope scope = Scope::type("t");
    store_->set_limit(breaker(scope, 5, 1h));
    add_many(10);
    for (const Lease& lease : claim(2))
        settle(failed(lease));
    store_->set_limit(breaker(scope, 3, 1h));
    EXPECT_EQ(only_limit(*store_).failures, 2U) << "what it learned is kept";
    settle(failed(claim_one()));
    EXPECT_EQ(only_limit(*store_).broken_until, store_->now() + 1h);
    store_->set_limit(breaker(scope, 3, 30s));
    EXPECT_EQ(only_limit(*store_).broken_until, store_->now() + 30s) << "no longer than it says";
    EXPECT_TRUE(claim().empty());
    clock_.advance(30s);
    ASSERT_EQ(claim().size(), 1U);

    store_->set_limit({.scope = scope, .concurrency = 100});
    EXPECT_EQ(claim(2).size(), 2U) << "without a breaker nothing is held";
    store_->set_limit(breaker(scope, 3, 30s));
    EXPECT_EQ(only_limit(*store_).failures, 0U) << "a new breaker starts closed";
    EXPECT_EQ(claim(2).size(), 2U);
    store_->set_limit({.scope = scope});
    EXPECT_TRUE(store_->limits().empty());
    EXPECT_EQ(claim(2).size(), 2U);
}

TEST_P(StoreContract, ABreakerGoesTogetherWithTheOtherBounds) {
    REQUIRE_VIRTUAL_CLOCK();
    Limit limit = breaker(Scope::queue("default"), 1, 10s);
    limit.concurrency = 3;
    limit.rate = Rate::parse("100/1m");
    store_->set_limit(limit);
    add_many(10);
    const auto leases = claim();
    ASSERT_EQ(leases.size(), 3U);
    for (const Lease& lease : leases)
        settle(failed(lease));
    EXPECT_TRUE(claim().empty());
    EXPECT_EQ(only_limit(*store_).available, 97U);
    clock_.advance(10s);
    const auto probe = claim();
    ASSERT_EQ(probe.size(), 1U);
    settle(succeeded(probe[0]));
    EXPECT_EQ(claim().size(), 3U);
}

TEST_P(StoreContract, AClockThatWentBackDoesNotKeepABreakerOpenForLong) {
    REQUIRE_VIRTUAL_CLOCK();
    store_->set_limit(breaker(Scope::global(), 1, 30s));
    add_many(3);
    settle(failed(claim_one()));
    clock_.advance(-24h);
    EXPECT_TRUE(claim().empty());
    EXPECT_EQ(only_limit(*store_).broken_until, store_->now() + 30s);
    clock_.advance(30s);
    EXPECT_EQ(claim().size(), 1U);
}

TEST_P(StoreContract, ABreakerIsThatOfTheStoreAndOutlivesTheObject) {
    REQUIRE_PERSISTENCE();
    REQUIRE_VIRTUAL_CLOCK();
    store_->set_limit(breaker(Scope::type("t"), 2, 30s));
    add_many(5);
    settle(failed(claim_one()));
    settle(failed(claim_one()));
    const LimitView before = only_limit(*store_);
    EXPECT_TRUE(claim().empty());
    session_.reset();
    store_.reset();
    store_ = open();
    EXPECT_EQ(only_limit(*store_).failures, before.failures);
    EXPECT_EQ(only_limit(*store_).broken_until, before.broken_until);
    EXPECT_TRUE(claim().empty());
    EXPECT_EQ(store_->promote_due(1).next_due, before.broken_until);
}

}  // namespace errand::test
