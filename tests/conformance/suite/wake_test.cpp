#include "conformance/suite/fixture.hpp"

// Wake-ups: none is lost between generation() and wait(), and every transition into available wakes
// those who wait for work (hazard D1).

namespace errand::test {

TEST_P(StoreContract, InsertWakesWork) {
    expect_wakes(*store_, WakeChannel::work, [&] { add(); });
}

TEST_P(StoreContract, InsertAheadWakesSchedule) {
    NewJob later = job();
    later.delay = 1h;
    expect_wakes(*store_, WakeChannel::schedule, [&] { add(later); });
}

TEST_P(StoreContract, ReleasingWakesWork) {
    add();
    const Lease lease = claim_one();
    expect_wakes(*store_, WakeChannel::work, [&] { settle(to(lease, JobState::available)); });
}

TEST_P(StoreContract, RescuedAndReleasedWakesWork) {
    add();
    auto doomed = join("doomed");
    ASSERT_EQ(store_->claim({doomed->id(), {{"default", 1}}, {"t"}, 1h}).size(), 1U);
    doomed.reset();
    const auto taken = store_->take_over_expired(worker(), 1, 15s);
    ASSERT_EQ(taken.size(), 1U);
    expect_wakes(*store_, WakeChannel::work,
                 [&] { settle(to(taken[0].lease, JobState::available)); });
}

TEST_P(StoreContract, WaitingAgainWakesSchedule) {
    for (const JobState target : {JobState::scheduled, JobState::retryable}) {
        add();
        const Lease lease = claim_one();
        expect_wakes(*store_, WakeChannel::schedule, [&] { settle(to(lease, target, 1h)); });
    }
}

TEST_P(StoreContract, PromotingWakesWork) {
    add();
    settle(to(claim_one(), JobState::retryable, 0s));
    expect_wakes(*store_, WakeChannel::work,
                 [&] { EXPECT_EQ(store_->promote_due(1).promoted, 1U); });
}

TEST_P(StoreContract, AnOperatorsRetryWakesWorkFromEveryState) {
    for (const JobState state : {JobState::scheduled, JobState::retryable, JobState::completed,
                                 JobState::discarded, JobState::cancelled}) {
        const JobId id = add_in(state);
        expect_wakes(*store_, WakeChannel::work,
                     [&] { EXPECT_EQ(retry(id), ControlResult::done); });
        EXPECT_EQ(remove(id), ControlResult::done);
    }
}

TEST_P(StoreContract, ResumingWakesWorkAndControl) {
    store_->set_paused("default", true);
    add();
    expect_wakes(*store_, WakeChannel::work, [&] { store_->set_paused("default", false); });
    store_->set_paused("default", true);
    expect_wakes(*store_, WakeChannel::control, [&] { store_->set_paused("default", false); });
}

TEST_P(StoreContract, PausingAndCancellingActiveJobsWakesControl) {
    expect_wakes(*store_, WakeChannel::control, [&] { store_->set_paused("default", true); });
    const JobId id = add_in(JobState::active);
    expect_wakes(*store_, WakeChannel::control,
                 [&] { EXPECT_EQ(cancel(id), ControlResult::requested); });
}

TEST_P(StoreContract, EveryEndWakesEnded) {
    for (const JobState end : {JobState::completed, JobState::discarded, JobState::cancelled}) {
        add();
        const Lease lease = claim_one();
        expect_wakes(*store_, WakeChannel::ended, [&] { settle(to(lease, end)); });
    }
    const JobId waiting = add();
    expect_wakes(*store_, WakeChannel::ended,
                 [&] { EXPECT_EQ(cancel(waiting), ControlResult::done); });
    add();
    const Lease lease = claim_one();
    ASSERT_EQ(cancel(lease.ref.id), ControlResult::requested);
    expect_wakes(*store_, WakeChannel::ended, [&] { settle(to(lease, JobState::retryable, 1h)); });
}

TEST_P(StoreContract, WakeReachesEachChannel) {
    for (const WakeChannel channel :
         {WakeChannel::work, WakeChannel::schedule, WakeChannel::control, WakeChannel::ended}) {
        expect_wakes(*store_, channel, [&] { store_->wake(channel); });
    }
}

TEST_P(StoreContract, AWaitWithAnOldGenerationReturnsAtOnce) {
    const std::uint32_t seen = store_->generation(WakeChannel::work);
    add();
    EXPECT_NE(store_->wait(WakeChannel::work, seen, 20s), seen);
}

TEST_P(StoreContract, AWaitEndsWithItsTimeout) {
    const std::uint32_t seen = store_->generation(WakeChannel::ended);
    EXPECT_EQ(store_->wait(WakeChannel::ended, seen, 0us), seen);
    EXPECT_EQ(store_->wait(WakeChannel::ended, seen, 1ms), seen);
}

TEST_P(StoreContract, AnotherStoreObjectOnTheSameStoreIsWoken) {
    REQUIRE_PERSISTENCE();
    const auto other = open();
    expect_wakes(*other, WakeChannel::work, [&] { add(); });
    const JobId id = add_in(JobState::active);
    expect_wakes(*other, WakeChannel::control, [&] { (void)cancel(id); });
    expect_wakes(*other, WakeChannel::ended, [&] { settle(to(last_lease_, JobState::completed)); });
}

}  // namespace errand::test
