#include "conformance/suite/fixture.hpp"
#include "support/dump.hpp"

// Signs of life: extension, progress, logs.

namespace errand::test {

TEST_P(StoreContract, ExtendingCountsFromNow) {
    REQUIRE_VIRTUAL_CLOCK();
    add();
    const Lease lease = claim_one(10s);
    clock_.advance(8s);
    EXPECT_EQ(beat({lease.ref, 10s, std::nullopt, std::nullopt}), HeartbeatResult::ok);
    clock_.advance(9s);
    EXPECT_TRUE(store_->take_over_expired(worker(), 10, 15s).empty());
    clock_.advance(1s);
    EXPECT_EQ(store_->take_over_expired(worker(), 10, 15s).size(), 1U);
}

TEST_P(StoreContract, ALeaseCanBeShortened) {
    REQUIRE_VIRTUAL_CLOCK();
    add();
    const Lease lease = claim_one(1h);
    EXPECT_EQ(beat({lease.ref, 2s, std::nullopt, std::nullopt}), HeartbeatResult::ok);
    clock_.advance(2s);
    EXPECT_EQ(store_->take_over_expired(worker(), 10, 15s).size(), 1U);
}

TEST_P(StoreContract, AHeartbeatWithoutExtensionLeavesTheLease) {
    REQUIRE_VIRTUAL_CLOCK();
    add();
    const Lease lease = claim_one(10s);
    clock_.advance(9s);
    EXPECT_EQ(beat({lease.ref, std::nullopt, Progress{1, 2, ""}, "line"}), HeartbeatResult::ok);
    clock_.advance(1s);
    EXPECT_EQ(store_->take_over_expired(worker(), 10, 15s).size(), 1U);
}

TEST_P(StoreContract, AnExpiredLeaseThatNobodyTookCanBeExtended) {
    REQUIRE_VIRTUAL_CLOCK();
    add();
    const Lease lease = claim_one(10s);
    clock_.advance(1h);
    EXPECT_EQ(beat({lease.ref, 10s, std::nullopt, std::nullopt}), HeartbeatResult::ok);
    EXPECT_TRUE(store_->take_over_expired(worker(), 10, 15s).empty());
}

TEST_P(StoreContract, AnEmptyHeartbeatChangesNothing) {
    const JobId id = add();
    const Lease lease = claim_one();
    const std::string before = dump(get(id));
    EXPECT_EQ(beat({lease.ref, std::nullopt, std::nullopt, std::nullopt}), HeartbeatResult::ok);
    EXPECT_EQ(dump(get(id)), before);
    EXPECT_TRUE(store_->logs(id).empty());
}

TEST_P(StoreContract, ProgressIsReplacedAndStaysAfterTheEnd) {
    const JobId id = add();
    const Lease lease = claim_one();
    const Progress first{1, 10, "one"};
    const Progress second{~std::uint64_t{0} >> 1, 0, "half \u00fcber"};
    EXPECT_EQ(beat({lease.ref, std::nullopt, first, std::nullopt}), HeartbeatResult::ok);
    EXPECT_EQ(get(id).progress, first);
    EXPECT_EQ(beat({lease.ref, 10s, second, std::nullopt}), HeartbeatResult::ok);
    EXPECT_EQ(get(id).progress, second);
    settle(to(lease, JobState::completed));
    EXPECT_EQ(get(id).progress, second);
}

TEST_P(StoreContract, LogsAreReplacedWithinALease) {
    const JobId id = add();
    const Lease lease = claim_one();
    EXPECT_EQ(beat({lease.ref, std::nullopt, std::nullopt, "a"}), HeartbeatResult::ok);
    EXPECT_EQ(beat({lease.ref, std::nullopt, std::nullopt, "a\nb"}), HeartbeatResult::ok);
    const auto logs = store_->logs(id);
    ASSERT_EQ(logs.size(), 1U);
    EXPECT_EQ(logs[0].text, "a\nb");
    EXPECT_EQ(logs[0].attempt, 1U);
    EXPECT_EQ(logs[0].lease_seq, 1U);
}

TEST_P(StoreContract, HeartbeatsOfManyAreAnsweredInOrder) {
    add_many(3);
    const auto leases = claim();
    ASSERT_EQ(cancel(leases[1].ref.id), ControlResult::requested);
    const LeaseRef unknown{new_job_id(), 1, 0};
    const std::vector<Heartbeat> batch{{leases[2].ref, 10s, std::nullopt, std::nullopt},
                                       {unknown, 10s, std::nullopt, std::nullopt},
                                       {leases[1].ref, 10s, Progress{3, 4, ""}, std::nullopt}};
    EXPECT_EQ(store_->heartbeat(batch),
              (std::vector{HeartbeatResult::ok, HeartbeatResult::lease_lost,
                           HeartbeatResult::cancel_requested}));
    EXPECT_EQ(get(leases[1].ref.id).progress, (Progress{3, 4, ""}));
}

}  // namespace errand::test
