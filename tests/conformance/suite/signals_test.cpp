#include "conformance/suite/fixture.hpp"

// Jobs that wait for a signal without a worker.

namespace errand::test {

namespace {

constexpr std::string_view yes = R"({"by":"ada"})";

Settlement wait_for(const Lease& lease, std::string_view signal, Duration longest = 1h) {
    Settlement item;
    item.lease = lease.ref;
    item.to = JobState::scheduled;
    item.delay = longest;
    item.uses_attempt = false;
    item.signal = signal;
    return item;
}

}  // namespace

/// What most tests begin with.
#define PARKED_JOB(id)      \
    const JobId id = add(); \
    ASSERT_EQ(settle(wait_for(claim_one(), "approve")), SettleResult::ok)

TEST_P(StoreContract, AJobWaitsForItsSignal) {
    REQUIRE_VIRTUAL_CLOCK();
    PARKED_JOB(id);
    const Job parked = get(id);
    EXPECT_EQ(parked.state, JobState::scheduled);
    EXPECT_EQ(parked.awaits_signal, "approve");
    EXPECT_EQ(parked.scheduled_at, clock_.now() + 1h);
    EXPECT_EQ(parked.attempt, 0U);
    EXPECT_EQ(store_->list({}, 10, "").jobs.at(0).awaits_signal, "approve");
    EXPECT_THAT(claim(), testing::IsEmpty());
    EXPECT_EQ(store_->promote_due(10).promoted, 0U);
}

TEST_P(StoreContract, TheSignalMakesItAvailable) {
    PARKED_JOB(id);
    EXPECT_EQ(store_->signal(id, "approve", yes), SignalResult::delivered);
    EXPECT_EQ(state(id), JobState::available);
    EXPECT_EQ(get(id).awaits_signal, "");
    EXPECT_EQ(store_->find_effect(id, "signal:approve"), yes);
    const Lease lease = claim_one();
    EXPECT_EQ(lease.ref.id, id);
    EXPECT_EQ(lease.attempt, 1U);
    EXPECT_EQ(lease.ref.lease_seq, 2U);
}

TEST_P(StoreContract, ASignalThatCameBeforeTheClaimIsKept) {
    const JobId id = add();
    EXPECT_EQ(store_->signal(id, "approve", yes), SignalResult::kept);
    EXPECT_EQ(settle(wait_for(claim_one(), "approve")), SettleResult::ok);
    EXPECT_EQ(state(id), JobState::available);
    EXPECT_EQ(get(id).awaits_signal, "");
    EXPECT_EQ(claim_one().ref.id, id);
}

TEST_P(StoreContract, ASignalBetweenTheHandlersLookAndTheSettlementIsNotLost) {
    const JobId id = add();
    const Lease lease = claim_one();
    EXPECT_FALSE(store_->find_effect(id, "signal:approve"));
    EXPECT_EQ(store_->signal(id, "approve", yes), SignalResult::kept);
    EXPECT_EQ(state(id), JobState::active) << "a signal ends no lease";
    EXPECT_EQ(settle(wait_for(lease, "approve")), SettleResult::ok);
    EXPECT_EQ(claim_one().attempt, 1U);
}

TEST_P(StoreContract, AnotherSignalIsKeptAndWakesNobody) {
    PARKED_JOB(id);
    EXPECT_EQ(store_->signal(id, "other", "1"), SignalResult::kept);
    EXPECT_EQ(get(id).awaits_signal, "approve");
    EXPECT_THAT(claim(), testing::IsEmpty());
    EXPECT_EQ(store_->signal(id, "approve", yes), SignalResult::delivered);
    EXPECT_EQ(store_->find_effect(id, "signal:other"), "1");
}

TEST_P(StoreContract, TheFirstSignalOfANameCounts) {
    PARKED_JOB(id);
    EXPECT_EQ(store_->signal(id, "approve", "1"), SignalResult::delivered);
    EXPECT_EQ(store_->signal(id, "approve", "2"), SignalResult::already_there);
    EXPECT_EQ(store_->find_effect(id, "signal:approve"), "1");
}

TEST_P(StoreContract, TheTimeOfAWaitMayBeOver) {
    REQUIRE_VIRTUAL_CLOCK();
    PARKED_JOB(id);
    clock_.advance(1h);
    EXPECT_EQ(store_->promote_due(10).promoted, 1U);
    EXPECT_EQ(get(id).awaits_signal, "");
    const Lease lease = claim_one();
    EXPECT_FALSE(store_->find_effect(id, "signal:approve"));
    EXPECT_EQ(store_->signal(id, "approve", yes), SignalResult::kept) << "it came too late";
    EXPECT_EQ(settle(to(lease, JobState::completed)), SettleResult::ok);
}

TEST_P(StoreContract, EndedAndUnknownJobsGetNoSignal) {
    for (const JobState end : {JobState::completed, JobState::discarded, JobState::cancelled}) {
        const JobId id = add();
        settle(to(claim_one(), end));
        EXPECT_EQ(store_->signal(id, "approve", yes), SignalResult::ended) << to_string(end);
        EXPECT_FALSE(store_->find_effect(id, "signal:approve"));
    }
    EXPECT_EQ(store_->signal(new_job_id(), "approve", yes), SignalResult::not_found);
}

TEST_P(StoreContract, EveryUnfinishedStateTakesASignal) {
    for (const JobState from : reachable_states) {
        if (is_end(from)) continue;
        const JobId id = add_in(from);
        EXPECT_EQ(store_->signal(id, "approve", yes), SignalResult::kept) << to_string(from);
        EXPECT_EQ(state(id), from);
        EXPECT_EQ(store_->find_effect(id, "signal:approve"), yes) << to_string(from);
    }
}

TEST_P(StoreContract, ABlockedJobTakesASignal) {
    NewJob first = job();
    first.key = "k";
    NewJob second = job();
    second.key = "k";
    add(first);
    const JobId id = add(second);
    ASSERT_TRUE(get(id).blocked);
    EXPECT_EQ(store_->signal(id, "approve", yes), SignalResult::kept);
    EXPECT_EQ(store_->find_effect(id, "signal:approve"), yes);
    (void)remove(id);
    EXPECT_FALSE(store_->find_effect(id, "signal:approve"));
}

TEST_P(StoreContract, AParkedJobKeepsItsTurn) {
    NewJob first = job();
    first.key = "k";
    NewJob second = job();
    second.key = "k";
    const JobId id = add(first);
    add(second);
    settle(wait_for(claim_one(), "approve"));
    EXPECT_THAT(claim(), testing::IsEmpty()) << "the key is not free";
    EXPECT_EQ(store_->signal(id, "approve", yes), SignalResult::delivered);
    EXPECT_EQ(claim_one().ref.id, id);
}

TEST_P(StoreContract, AParkedJobWithoutItsTurnStandsInLineAnew) {
    NewJob first = job();
    first.key = "k";
    NewJob second = job();
    second.key = "k";
    const JobId id = add(first);
    const JobId other = add(second);
    settle(wait_for(claim_one(), "approve"));
    EXPECT_EQ(store_->unblock_key("default", "k"), 1U);
    EXPECT_EQ(store_->signal(id, "approve", yes), SignalResult::delivered);
    EXPECT_TRUE(get(id).blocked);
    const Lease lease = claim_one();
    EXPECT_EQ(lease.ref.id, other);
    complete(lease);
    EXPECT_EQ(claim_one().ref.id, id);
}

TEST_P(StoreContract, AParkedJobCanBeCancelled) {
    PARKED_JOB(id);
    EXPECT_EQ(cancel(id), ControlResult::done);
    EXPECT_EQ(state(id), JobState::cancelled);
    EXPECT_EQ(get(id).awaits_signal, "");
    EXPECT_EQ(store_->signal(id, "approve", yes), SignalResult::ended);
}

TEST_P(StoreContract, ACancelRequestIsStrongerThanAWait) {
    const JobId id = add();
    const Lease lease = claim_one();
    EXPECT_EQ(cancel(id), ControlResult::requested);
    EXPECT_EQ(settle(wait_for(lease, "approve")), SettleResult::recorded_cancel);
    EXPECT_EQ(state(id), JobState::cancelled);
    EXPECT_EQ(get(id).awaits_signal, "");
}

TEST_P(StoreContract, AnOperatorsRetryEndsAWait) {
    PARKED_JOB(id);
    EXPECT_EQ(retry(id), ControlResult::done);
    EXPECT_EQ(state(id), JobState::available);
    EXPECT_EQ(get(id).awaits_signal, "");
    EXPECT_EQ(store_->signal(id, "approve", yes), SignalResult::kept);
    EXPECT_EQ(settle(wait_for(claim_one(), "approve")), SettleResult::ok);
    EXPECT_EQ(state(id), JobState::available);
}

TEST_P(StoreContract, EffectsAndSignalsStayThroughAnOperatorsRetry) {
    PARKED_JOB(id);
    EXPECT_EQ(store_->signal(id, "approve", yes), SignalResult::delivered);
    const Lease lease = claim_one();
    EXPECT_TRUE(store_->record_effect(lease.ref, "step:a", "1", EffectWrite::first_stays));
    settle(to(lease, JobState::discarded));
    EXPECT_EQ(retry(id), ControlResult::done);
    EXPECT_EQ(store_->find_effect(id, "step:a"), "1");
    EXPECT_EQ(store_->find_effect(id, "signal:approve"), yes);
    EXPECT_EQ(store_->signal(id, "approve", "2"), SignalResult::already_there);
}

TEST_P(StoreContract, SignalsGoWithTheirJob) {
    PARKED_JOB(id);
    EXPECT_EQ(remove(id), ControlResult::done);
    EXPECT_EQ(store_->signal(id, "approve", yes), SignalResult::not_found);
    const JobId other = add();
    EXPECT_EQ(store_->signal(other, "approve", yes), SignalResult::kept);
    settle(to(claim_one(), JobState::completed));
    EXPECT_EQ(store_->prune({Duration::zero(), Duration::zero(), Duration::zero()}, 10), 1U);
    EXPECT_FALSE(store_->find_effect(other, "signal:approve"));
    NewJob again = job();
    again.id = other;
    add(again);
    EXPECT_FALSE(store_->find_effect(other, "signal:approve"));
}

TEST_P(StoreContract, ParkedJobsAreNotPruned) {
    REQUIRE_VIRTUAL_CLOCK();
    PARKED_JOB(id);
    clock_.advance(std::chrono::days{400});
    EXPECT_EQ(store_->prune({}, 10), 0U);
    EXPECT_EQ(get(id).awaits_signal, "approve");
}

TEST_P(StoreContract, AStaleLeaseParksNothing) {
    const JobId id = add();
    const Lease stale = claim_one();
    settle(to(stale, JobState::available));
    const Lease valid = claim_one();
    EXPECT_EQ(settle(wait_for(stale, "approve")), SettleResult::lease_lost);
    EXPECT_EQ(get(id).awaits_signal, "");
    EXPECT_EQ(settle(wait_for(valid, "approve")), SettleResult::ok);
    EXPECT_EQ(settle(wait_for(valid, "approve")), SettleResult::already_settled);
    EXPECT_EQ(settle(wait_for(stale, "other")), SettleResult::lease_lost);
    EXPECT_EQ(get(id).awaits_signal, "approve");
}

TEST_P(StoreContract, ANamesakeOfARemovedJobGetsNothingOfIt) {
    PARKED_JOB(id);
    EXPECT_EQ(remove(id), ControlResult::done);
    NewJob again = job();
    again.id = id;
    add(again);
    EXPECT_EQ(get(id).awaits_signal, "");
    EXPECT_EQ(store_->signal(id, "approve", yes), SignalResult::kept);
}

TEST_P(StoreContract, OnlyAScheduledJobWaitsForASignal) {
    const JobId id = add();
    const Lease lease = claim_one();
    for (const JobState other : settle_states) {
        if (other == JobState::scheduled) continue;
        Settlement item = wait_for(lease, "approve");
        item.to = other;
        expect_error(ErrorCode::invalid_argument, [&] { settle(item); });
    }
    expect_error(ErrorCode::invalid_argument, [&] { settle(wait_for(lease, "not a name")); });
    EXPECT_EQ(state(id), JobState::active);
}

TEST_P(StoreContract, AnImpossibleSignalIsRefused) {
    const JobId id = add();
    const auto refuse = [&](ErrorCode code, std::string_view name, std::string_view value) {
        expect_error(code, [&] { (void)store_->signal(id, name, value); });
    };
    refuse(ErrorCode::invalid_argument, "", "1");
    refuse(ErrorCode::invalid_argument, "a b", "1");
    refuse(ErrorCode::invalid_argument, std::string(129, 'a'), "1");
    refuse(ErrorCode::invalid_argument, "approve", "");
    refuse(ErrorCode::invalid_argument, "approve", "{");
    refuse(ErrorCode::limit_exceeded, "approve", '"' + std::string(64U << 10, 'x') + '"');
    EXPECT_EQ(store_->signal(id, std::string(128, 'a'), "1"), SignalResult::kept);
    EXPECT_FALSE(store_->find_effect(id, "signal:approve"));
}

TEST_P(StoreContract, ADeliveredSignalWakesWorkers) {
    PARKED_JOB(id);
    expect_wakes(*store_, WakeChannel::work,
                 [&] { EXPECT_EQ(store_->signal(id, "approve", yes), SignalResult::delivered); });
}

TEST_P(StoreContract, AWaitWhoseSignalIsThereWakesWorkers) {
    const JobId id = add();
    const Lease lease = claim_one();
    EXPECT_EQ(store_->signal(id, "approve", yes), SignalResult::kept);
    expect_wakes(*store_, WakeChannel::work,
                 [&] { EXPECT_EQ(settle(wait_for(lease, "approve")), SettleResult::ok); });
}

TEST_P(StoreContract, AWaitWakesThePromoter) {
    add();
    const Lease lease = claim_one();
    expect_wakes(*store_, WakeChannel::schedule,
                 [&] { EXPECT_EQ(settle(wait_for(lease, "approve")), SettleResult::ok); });
}

TEST_P(StoreContract, AWaitAndItsSignalAreFoundAgain) {
    REQUIRE_PERSISTENCE();
    PARKED_JOB(id);
    const JobId other = add();
    EXPECT_EQ(store_->signal(other, "approve", yes), SignalResult::kept);
    session_.reset();
    store_.reset();
    store_ = open();
    EXPECT_EQ(get(id).awaits_signal, "approve");
    EXPECT_EQ(store_->find_effect(other, "signal:approve"), yes);
    EXPECT_EQ(store_->signal(id, "approve", yes), SignalResult::delivered);
}

#undef PARKED_JOB

}  // namespace errand::test
