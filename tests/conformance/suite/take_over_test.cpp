#include "conformance/suite/fixture.hpp"
#include "support/dump.hpp"

#include <algorithm>

// Rescue: leases that ran out, workers that died.

namespace errand::test {

TEST_P(StoreContract, AnExpiredLeaseIsTakenUnderANewLeaseSeq) {
    REQUIRE_VIRTUAL_CLOCK();
    const JobId id = add();
    const Lease lost = claim_one(10s);
    const auto rescuer = join("rescuer");
    clock_.advance(10s);
    const auto taken = store_->take_over_expired(rescuer->id(), 10, 20s);
    ASSERT_EQ(taken.size(), 1U);
    const Lease& lease = taken[0].lease;
    EXPECT_EQ(lease.ref.id, id);
    EXPECT_EQ(lease.ref.lease_seq, lost.ref.lease_seq + 1);
    EXPECT_EQ(lease.attempt, lost.attempt);
    EXPECT_EQ(lease.claimed_at, store_->now());
    EXPECT_EQ(lease.lease_until, store_->now() + 20s);
    EXPECT_EQ(lease.args, lost.args);
    EXPECT_EQ(lease.type, "t");
    EXPECT_FALSE(taken[0].worker_died);
    EXPECT_EQ(taken[0].worker, "w1");
    EXPECT_EQ(taken[0].host, "host1");

    const Job active = get(id);
    EXPECT_EQ(active.state, JobState::active);
    EXPECT_EQ(active.attempt, 1U);
    EXPECT_EQ(active.lease_seq, lease.ref.lease_seq);
    EXPECT_EQ(active.started_at, lost.claimed_at);  // the lost attempt's
    EXPECT_EQ(active.worker, "rescuer");
    EXPECT_EQ(beat({lost.ref, 10s, std::nullopt, std::nullopt}), HeartbeatResult::lease_lost);
    EXPECT_EQ(settle(to(lease, JobState::retryable, 1s)), SettleResult::ok);
    EXPECT_EQ(state(id), JobState::retryable);
}

TEST_P(StoreContract, GoodLeasesAreLeftAlone) {
    REQUIRE_VIRTUAL_CLOCK();
    const JobId id = add();
    (void)claim_one(10s);
    const std::string before = dump(get(id));
    clock_.advance(10s - 1us);
    for (int round = 0; round < 5; ++round)
        EXPECT_TRUE(store_->take_over_expired(worker(), 10, 20s).empty());
    EXPECT_EQ(dump(get(id)), before);
    clock_.advance(1us);  // looking has not made it live longer
    EXPECT_EQ(store_->take_over_expired(worker(), 10, 20s).size(), 1U);
}

TEST_P(StoreContract, ATakenLeaseRunsOutLikeAnyOther) {
    REQUIRE_VIRTUAL_CLOCK();
    add();
    (void)claim_one(10s);
    clock_.advance(10s);
    ASSERT_EQ(store_->take_over_expired(worker(), 10, 5s).size(), 1U);
    EXPECT_TRUE(store_->take_over_expired(worker(), 10, 5s).empty());
    clock_.advance(5s);
    const auto again = store_->take_over_expired(worker(), 10, 5s);
    ASSERT_EQ(again.size(), 1U);
    EXPECT_EQ(again[0].lease.ref.lease_seq, 3U);
    EXPECT_EQ(again[0].lease.attempt, 1U);
}

TEST_P(StoreContract, AtMostMaxAreTakenAndNoneIsForgotten) {
    REQUIRE_VIRTUAL_CLOCK();
    add_many(5);
    ASSERT_EQ(claim(5, 10s).size(), 5U);
    clock_.advance(11s);
    EXPECT_EQ(store_->take_over_expired(worker(), 2, 1h).size(), 2U);
    EXPECT_EQ(store_->take_over_expired(worker(), 2, 1h).size(), 2U);
    EXPECT_EQ(store_->take_over_expired(worker(), 2, 1h).size(), 1U);
    EXPECT_TRUE(store_->take_over_expired(worker(), 2, 1h).empty());
}

TEST_P(StoreContract, OneExpiredAmongManyGoodLeasesIsFoundAtOnce) {
    REQUIRE_VIRTUAL_CLOCK();
    add_many(300);
    const auto leases = claim(300, 10s);
    ASSERT_EQ(leases.size(), 300U);
    std::vector<Heartbeat> heartbeats;
    for (const Lease& lease : leases) {
        if (lease.ref.id != leases[250].ref.id) {
            heartbeats.push_back({lease.ref, 1h, std::nullopt, std::nullopt});
        }
    }
    ASSERT_EQ(store_->heartbeat(heartbeats).size(), 299U);
    clock_.advance(10s);
    const auto taken = store_->take_over_expired(worker(), 1, 15s);
    ASSERT_EQ(taken.size(), 1U);
    EXPECT_EQ(taken[0].lease.ref.id, leases[250].ref.id);
}

TEST_P(StoreContract, ADeadWorkersLeasesAreTakenAtOnceWithTheirMarks) {
    const auto ids = add_many(3);
    auto doomed = join("doomed");
    const auto leases = store_->claim({doomed->id(), {{"default", 3}}, {"t"}, 1h});
    ASSERT_EQ(ids_of(leases), ids);
    doomed->mark(1, leases[1].ref, RunMark::started);
    doomed->mark(2, leases[2].ref, RunMark::started);
    doomed->mark(2, leases[2].ref, RunMark::finished);
    EXPECT_TRUE(store_->take_over_expired(worker(), 10, 15s).empty());
    doomed.reset();

    auto taken = store_->take_over_expired(worker(), 10, 15s);
    ASSERT_EQ(taken.size(), 3U);
    std::ranges::sort(taken, {}, [](const TakenLease& one) { return one.lease.ref.id; });
    const std::array marks{RunMark::claimed, RunMark::started, RunMark::finished};
    for (std::size_t i = 0; i < taken.size(); ++i) {
        EXPECT_EQ(taken[i].lease.ref.id, ids[i]);
        EXPECT_EQ(taken[i].mark, marks[i]) << i;
        EXPECT_TRUE(taken[i].worker_died);
        EXPECT_EQ(taken[i].worker, "doomed");
        EXPECT_EQ(taken[i].lease.ref.lease_seq, 2U);
    }
    EXPECT_TRUE(store_->take_over_expired(worker(), 10, 15s).empty());
}

TEST_P(StoreContract, ARescuerThatDiesPassesOnTheMarkThatItFound) {
    add();
    auto first = join("first");
    const auto leases = store_->claim({first->id(), {{"default", 1}}, {"t"}, 10s});
    ASSERT_EQ(leases.size(), 1U);
    first->mark(0, leases[0].ref, RunMark::started);
    first.reset();
    auto second = join("second");
    ASSERT_EQ(store_->take_over_expired(second->id(), 10, 10s).size(), 1U);
    second.reset();
    const auto third = join("third");
    const auto taken = store_->take_over_expired(third->id(), 10, 10s);
    ASSERT_EQ(taken.size(), 1U);
    EXPECT_EQ(taken[0].mark, RunMark::started) << "the crash that it tells of is not settled yet";
}

TEST_P(StoreContract, ADeadWorkersLateHeartbeatDoesNotHideItsDeath) {
    add();
    auto doomed = join("doomed");
    const auto leases = store_->claim({doomed->id(), {{"default", 1}}, {"t"}, 1h});
    ASSERT_EQ(leases.size(), 1U);
    doomed.reset();
    (void)beat({leases[0].ref, 1h, std::nullopt, std::nullopt});
    EXPECT_EQ(store_->take_over_expired(worker(), 10, 15s).size(), 1U);
}

TEST_P(StoreContract, AMarkOfAnOldLeaseIsNotTakenForTheNewOne) {
    add();
    auto doomed = join("doomed");
    const ClaimRequest request{doomed->id(), {{"default", 1}}, {"t"}, 1h};
    const Lease first = store_->claim(request).at(0);
    doomed->mark(0, first.ref, RunMark::started);
    settle(to(first, JobState::available));
    ASSERT_EQ(store_->claim(request).size(), 1U);
    doomed.reset();
    const auto taken = store_->take_over_expired(worker(), 10, 15s);
    ASSERT_EQ(taken.size(), 1U);
    EXPECT_EQ(taken[0].mark, RunMark::claimed);
}

TEST_P(StoreContract, MarksOfALivingWorkerAreSeenWhenItsLeaseRunsOut) {
    REQUIRE_VIRTUAL_CLOCK();
    add();
    const Lease lease = claim_one(5s);
    session_->mark(0, lease.ref, RunMark::started);
    clock_.advance(5s);
    const auto taken = store_->take_over_expired(worker(), 10, 15s);
    ASSERT_EQ(taken.size(), 1U);
    EXPECT_EQ(taken[0].mark, RunMark::started);
    EXPECT_FALSE(taken[0].worker_died);
}

TEST_P(StoreContract, ARetiredWorkerLeavesNothingToRescue) {
    add();
    auto leaving = join("leaving");
    const auto leases = store_->claim({leaving->id(), {{"default", 1}}, {"t"}, 1h});
    ASSERT_EQ(leases.size(), 1U);
    settle(to(leases[0], JobState::completed));
    leaving->retire();
    leaving.reset();
    EXPECT_TRUE(store_->take_over_expired(worker(), 10, 15s).empty());
    EXPECT_EQ(store_->workers().size(), 1U);
}

TEST_P(StoreContract, SettledLeasesOfADeadWorkerAreNotTaken) {
    add_many(2);
    auto doomed = join("doomed");
    const auto leases = store_->claim({doomed->id(), {{"default", 2}}, {"t"}, 1h});
    settle(to(leases.at(0), JobState::completed));
    doomed.reset();
    const auto taken = store_->take_over_expired(worker(), 10, 15s);
    ASSERT_EQ(taken.size(), 1U);
    EXPECT_EQ(taken[0].lease.ref.id, leases[1].ref.id);
}

}  // namespace errand::test
