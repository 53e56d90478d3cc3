#include "conformance/suite/fixture.hpp"
#include "support/dump.hpp"

// A stale lease_seq changes nothing, whatever call carries it (invariant I5).

namespace errand::test {

namespace {

JobError some_error() {
    JobError error;
    error.attempt = 1;
    error.type = "stale";
    error.message = "stale";
    return error;
}

/// A settlement that would show in every part of a job if it were applied.
Settlement loud_settlement(const LeaseRef& lease, JobState to) {
    Settlement item;
    item.lease = lease;
    item.to = to;
    item.delay = std::chrono::hours{5};
    item.uses_attempt = false;
    item.counts_crash = true;
    item.counts_interruption = true;
    item.result = "\"stale\"";
    item.error = some_error();
    item.log = "stale";
    return item;
}

Heartbeat loud_heartbeat(const LeaseRef& lease) {
    return {lease, std::chrono::hours{9}, Progress{9, 9, "stale"}, "stale"};
}

std::string everything(Store& store, const JobId& id) {
    std::string text = dump(store.find(id).value());
    for (const AttemptLog& log : store.logs(id))
        text += log.text;
    return text + store.find_effect(id, "stale").value_or("no effect") + dump(store.stats());
}

/// Tries every mutation that carries a lease and expects that none is applied.
void expect_fenced(Store& store, const LeaseRef& stale) {
    const std::string before = everything(store, stale.id);
    for (const JobState state : settle_states) {
        const Settlement item = loud_settlement(stale, state);
        EXPECT_EQ(store.settle({&item, 1}).at(0), SettleResult::lease_lost) << to_string(state);
    }
    const Heartbeat heartbeat = loud_heartbeat(stale);
    EXPECT_EQ(store.heartbeat({&heartbeat, 1}).at(0), HeartbeatResult::lease_lost);
    EXPECT_FALSE(store.record_effect(stale, "stale", "1", EffectWrite::first_stays));
    EXPECT_FALSE(store.record_effect(stale, "stale", "1", EffectWrite::replace));
    Settlement wait = loud_settlement(stale, JobState::scheduled);
    wait.signal = "stale";
    EXPECT_EQ(store.settle({&wait, 1}).at(0), SettleResult::lease_lost);
    EXPECT_EQ(everything(store, stale.id), before);
}

}  // namespace

TEST_P(StoreContract, StaleAfterTheNextClaim) {
    add();
    const Lease stale = claim_one();
    settle(to(stale, JobState::available));
    const Lease valid = claim_one();
    expect_fenced(*store_, stale.ref);
    EXPECT_EQ(settle(to(valid, JobState::completed)), SettleResult::ok);
    expect_fenced(*store_, stale.ref);
}

TEST_P(StoreContract, StaleThoughTheAttemptNumberIsTheSame) {
    add();
    const Lease stale = claim_one();
    Settlement snooze = to(stale, JobState::available);
    snooze.uses_attempt = false;
    settle(snooze);
    const Lease valid = claim_one();
    ASSERT_EQ(valid.attempt, stale.attempt);
    expect_fenced(*store_, stale.ref);
}

TEST_P(StoreContract, StaleAfterATakeOver) {
    REQUIRE_VIRTUAL_CLOCK();
    add();
    const Lease stale = claim_one(5s);
    clock_.advance(6s);
    const auto rescuer = join("rescuer");
    const auto taken = store_->take_over_expired(rescuer->id(), 10, 15s);
    ASSERT_EQ(taken.size(), 1U);
    expect_fenced(*store_, stale.ref);
    EXPECT_EQ(settle(to(taken[0].lease, JobState::available)), SettleResult::ok);
    expect_fenced(*store_, stale.ref);
}

TEST_P(StoreContract, StaleForANamesakeOfARemovedJob) {
    const JobId id = add();
    const Lease stale = claim_one();
    settle(to(stale, JobState::completed));
    ASSERT_EQ(remove(id), ControlResult::done);
    NewJob again = job();
    again.id = id;
    add(again);
    const Lease valid = claim_one();
    ASSERT_EQ(valid.ref.lease_seq, stale.ref.lease_seq);
    expect_fenced(*store_, stale.ref);
    EXPECT_EQ(settle(to(valid, JobState::completed)), SettleResult::ok);
    expect_fenced(*store_, stale.ref);
}

TEST_P(StoreContract, StaleWhenTheNumberIsFromTheFuture) {
    add();
    Lease lease = claim_one();
    ++lease.ref.lease_seq;
    expect_fenced(*store_, lease.ref);
}

TEST_P(StoreContract, AJobThatWasNeverClaimedHasNoValidLease) {
    const JobId id = add();
    expect_fenced(*store_, {id, 0, 0});
    expect_fenced(*store_, {id, 1, 0});
}

TEST_P(StoreContract, ASettledLeaseCarriesNothingAnyMore) {
    for (const JobState state : settle_states) {
        const JobId id = add();
        const Lease lease = claim_one();
        settle(to(lease, state, 1h));
        const std::string before = everything(*store_, id);
        EXPECT_EQ(beat(loud_heartbeat(lease.ref)), HeartbeatResult::lease_lost);
        EXPECT_FALSE(store_->record_effect(lease.ref, "stale", "1", EffectWrite::first_stays));
        EXPECT_EQ(settle(loud_settlement(lease.ref, JobState::completed)),
                  SettleResult::already_settled);
        EXPECT_EQ(everything(*store_, id), before) << to_string(state);
        (void)remove(id);
    }
}

TEST_P(StoreContract, LeaseSeqRisesThroughOperatorsRetries) {
    const JobId id = add();
    std::uint64_t last = 0;
    for (int round = 0; round < 3; ++round) {
        const Lease lease = claim_one();
        EXPECT_GT(lease.ref.lease_seq, last);
        last = lease.ref.lease_seq;
        settle(to(lease, JobState::discarded));
        ASSERT_EQ(retry(id), ControlResult::done);
        EXPECT_EQ(get(id).lease_seq, last);
    }
}

TEST_P(StoreContract, TheOtherItemsOfABatchStillCount) {
    add_many(2);
    const auto leases = claim();
    Heartbeat stale = loud_heartbeat(leases[0].ref);
    stale.lease.lease_seq += 7;
    const Heartbeat good{leases[1].ref, std::nullopt, Progress{1, 2, "half"}, std::nullopt};
    const std::vector batch{stale, good};
    EXPECT_EQ(store_->heartbeat(batch),
              (std::vector{HeartbeatResult::lease_lost, HeartbeatResult::ok}));
    EXPECT_EQ(get(leases[1].ref.id).progress, good.progress);
    EXPECT_FALSE(get(leases[0].ref.id).progress);
}

}  // namespace errand::test
