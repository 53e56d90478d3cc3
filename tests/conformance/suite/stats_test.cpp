#include "conformance/suite/fixture.hpp"

// Counts, workers, names.

namespace errand::test {

TEST_P(StoreContract, AnEmptyStoreCountsZeroInEveryState) {
    const StoreStats stats = store_->stats();
    EXPECT_EQ(stats.states.size(), all_job_states.size());
    for (const JobState state : all_job_states)
        EXPECT_EQ(stats.states.at(state), 0U) << to_string(state);
    EXPECT_TRUE(stats.queues.empty());
    EXPECT_TRUE(store_->workers().empty());
}

TEST_P(StoreContract, StatesAndQueuesAreCounted) {
    std::uint64_t number = 0;
    std::map<JobState, std::uint64_t> expected{{JobState::pending, 0}};
    for (const JobState state : reachable_states) {
        expected[state] = ++number;
        for (std::uint64_t i = 0; i < number; ++i)
            add_in(state);
    }
    const StoreStats stats = store_->stats();
    EXPECT_EQ(stats.states, expected);
    const QueueStats& brought = stats.queues.at("brought");
    EXPECT_EQ(brought.scheduled, expected[JobState::scheduled]);
    EXPECT_EQ(brought.active, expected[JobState::active]);
    EXPECT_EQ(brought.retryable, expected[JobState::retryable]);
    EXPECT_EQ(brought.available, expected[JobState::available]);
    EXPECT_EQ(brought.pending, 0U);
    EXPECT_TRUE(brought.oldest_available);
    EXPECT_FALSE(brought.paused);
    EXPECT_EQ(stats.queues.size(), 1U);
}

TEST_P(StoreContract, QueuesWithEndedJobsOnlyAreNotListed) {
    add_in(JobState::completed);
    EXPECT_TRUE(store_->stats().queues.empty());
    store_->set_paused("quiet", true);
    const auto queues = store_->stats().queues;
    ASSERT_EQ(queues.size(), 1U);
    EXPECT_TRUE(queues.at("quiet").paused);
    EXPECT_EQ(queues.at("quiet").available, 0U);
}

TEST_P(StoreContract, TheOldestAvailableCountsSinceItWasDue) {
    REQUIRE_VIRTUAL_CLOCK();
    add();
    clock_.advance(5s);
    NewJob urgent = job();
    urgent.priority = 9;
    add(urgent);
    clock_.advance(2s);
    EXPECT_EQ(store_->stats().queues.at("default").oldest_available, Duration{7s});
    (void)claim(1);
    EXPECT_EQ(store_->stats().queues.at("default").oldest_available, Duration{7s});
    (void)claim(1);
    EXPECT_FALSE(store_->stats().queues.at("default").oldest_available);
}

TEST_P(StoreContract, WorkersAreShownOldestFirstWithTheirLeases) {
    WorkerInfo info{"web1:1:1", "web1", 77, "mail:4 default:8", 12, 24};
    const Timestamp before = store_->now();
    const auto first = store_->join(info);
    const auto second = join("w2");
    EXPECT_NE(first->id(), second->id());
    add_many(3);
    ASSERT_EQ(store_->claim({first->id(), {{"default", 2}}, {"t"}, 15s}).size(), 2U);
    const auto views = store_->workers();
    ASSERT_EQ(views.size(), 2U);
    EXPECT_EQ(views[0].id, first->id());
    EXPECT_EQ(views[0].info.name, info.name);
    EXPECT_EQ(views[0].info.host, info.host);
    EXPECT_EQ(views[0].info.pid, info.pid);
    EXPECT_EQ(views[0].info.queues, info.queues);
    EXPECT_EQ(views[0].info.slots, info.slots);
    EXPECT_EQ(views[0].info.max_leases, info.max_leases);
    EXPECT_GE(views[0].joined_at, before);
    EXPECT_EQ(views[0].leases, 2U);
    EXPECT_TRUE(views[0].alive);
    EXPECT_EQ(views[1].info.name, "w2");
    EXPECT_EQ(views[1].leases, 0U);
}

TEST_P(StoreContract, ADeadWorkerIsShownWhileItHoldsLeases) {
    add();
    auto doomed = join("doomed");
    const WorkerId id = doomed->id();
    ASSERT_EQ(store_->claim({id, {{"default", 1}}, {"t"}, 15s}).size(), 1U);
    doomed.reset();
    auto views = store_->workers();
    ASSERT_EQ(views.size(), 1U);
    EXPECT_EQ(views[0].id, id);
    EXPECT_FALSE(views[0].alive);
    EXPECT_EQ(views[0].leases, 1U);

    ASSERT_EQ(store_->take_over_expired(worker(), 10, 15s).size(), 1U);
    views = store_->workers();
    ASSERT_EQ(views.size(), 1U);
    EXPECT_EQ(views[0].id, worker());
    EXPECT_EQ(views[0].leases, 1U);
}

TEST_P(StoreContract, ARetiredWorkerIsGone) {
    const auto leaving = join("leaving");
    leaving->retire();
    EXPECT_TRUE(store_->workers().empty());
}

TEST_P(StoreContract, WorkerIdsAreNeverReused) {
    auto first = join();
    const WorkerId id = first->id();
    first->retire();
    first.reset();
    EXPECT_NE(join()->id(), id);
}

TEST_P(StoreContract, EveryStateHasANameThatIsReadBack) {
    for (const JobState state : all_job_states)
        EXPECT_EQ(parse_job_state(to_string(state)), state);
    EXPECT_FALSE(parse_job_state("Active"));
    EXPECT_FALSE(parse_job_state(""));
}

TEST_P(StoreContract, TheClockIsTheOneThatWasGiven) {
    REQUIRE_VIRTUAL_CLOCK();
    EXPECT_EQ(store_->now(), clock_.now());
    clock_.advance(1h);
    EXPECT_EQ(store_->now(), clock_.now());
}

}  // namespace errand::test
