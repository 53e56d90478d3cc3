#include "engine/engine.hpp"

#include "engine/support.hpp"
#include "support/fault_store.hpp"
#include "support/manual_clock.hpp"

#include <gmock/gmock.h>

#include <functional>
#include <optional>

namespace errand::test {
namespace {

using namespace engine;
using testing::HasSubstr;

/// The engine's loops on this thread, with a clock that stands still.
class LoopsTest : public testing::Test {
protected:
    LoopsTest() {
        registry.add("job", {[this](Context& context) { return perform(context); }, {}, {}});
    }

    [[nodiscard]] std::unique_ptr<Engine> make_engine(WorkerOptions worker = slots(2, 10)) {
        EngineOptions options;
        options.worker = std::move(worker);
        options.clock = &clock;
        return std::make_unique<Engine>(store, options, Identity{next_name(), "here", 1}, registry,
                                        counters, log);
    }
    [[nodiscard]] std::string next_name() { return "worker" + std::to_string(++workers); }
    [[nodiscard]] JobId add(NewJob job) { return client.enqueue(std::move(job)).id; }
    [[nodiscard]] Job find(const JobId& id) { return *client.find(id); }

    NextRun step(Loop& loop) { return loop.run_once(clock.now()); }
    /// Claims, and leaves the job in the hands of an engine that dies; `mark` is how far it got.
    void crash(const JobId& id, std::optional<RunMark> mark) {
        auto engine = make_engine(slots(1));
        step(*engine->claimers().front());
        ASSERT_EQ(find(id).state, JobState::active);
        if (mark) engine->session().mark(0, {id, find(id).lease_seq, 0}, *mark);
    }

    ManualClock clock;
    std::shared_ptr<FaultStore> store =
        std::make_shared<FaultStore>(open_store("memory:", {.limits = {}, .clock = &clock}));
    Client client{store};
    std::function<Outcome(Context&)> perform = [](Context&) { return Outcome::done(); };
    HandlerRegistry registry;
    Counters counters;
    Logger log{{}};
    int workers = 0;
};

TEST_F(LoopsTest, OneJobTravelsThroughTheLoops) {
    const auto engine = make_engine();
    const auto id = add(job("job"));
    auto& line = *engine->in_flight().lines().front();
    const auto runner = engine->make_runner(line);

    EXPECT_EQ(step(engine->settler()).delay, NextRun::on_signal().delay);
    const auto claimed = step(*engine->claimers().front());
    EXPECT_EQ(claimed.channel, WakeChannel::work);
    EXPECT_EQ(find(id).state, JobState::active);
    EXPECT_EQ(step(*runner).delay, Duration::zero());
    EXPECT_EQ(find(id).state, JobState::active);
    EXPECT_EQ(step(engine->settler()).delay, Duration::zero());
    EXPECT_EQ(find(id).state, JobState::completed);
    EXPECT_TRUE(engine->in_flight().wait_until_empty(0s));
    EXPECT_EQ(counters.completed, 1U);
}

TEST_F(LoopsTest, AJobThatExpiredWhileItWaitedIsDiscardedUnbegun) {
    bool began = false;
    perform = [&](Context&) {
        began = true;
        return Outcome::done();
    };
    const auto engine = make_engine();
    auto late = job("job");
    late.expires_at = clock.now() + 10s;
    auto in_time = job("job");
    in_time.expires_at = clock.now() + 1h;
    const auto late_id = add(late);
    clock.advance(75s);
    const auto runner = engine->make_runner(*engine->in_flight().lines().front());
    step(*engine->claimers().front());
    step(*runner);
    step(engine->settler());

    const auto found = find(late_id);
    EXPECT_EQ(found.state, JobState::discarded);
    EXPECT_EQ(found.attempt, 0U);
    EXPECT_FALSE(began);
    ASSERT_EQ(found.errors.size(), 1U);
    EXPECT_EQ(found.errors[0].type, "expired");
    EXPECT_THAT(found.errors[0].message, HasSubstr("1m5s before its turn came"));
    EXPECT_EQ(counters.expired, 1U);
    EXPECT_EQ(counters.discarded, 0U);
    EXPECT_EQ(counters.failed, 0U);
    EXPECT_EQ(counters.started, 0U);

    const auto in_time_id = add(in_time);
    step(*engine->claimers().front());
    step(*runner);
    step(engine->settler());
    EXPECT_TRUE(began);
    EXPECT_EQ(find(in_time_id).state, JobState::completed);
}

TEST_F(LoopsTest, TheClaimerAsksForWhatIsFreeAndWaitsForPlacesWhenThereIsMore) {
    const auto engine = make_engine(slots(2, 0));
    for (int i = 0; i < 5; ++i)
        static_cast<void>(add(job("job")));
    auto& claimer = *engine->claimers().front();
    EXPECT_EQ(step(claimer).delay, Duration::zero());
    EXPECT_EQ(client.stats().states.at(JobState::active), 2U);
    const auto full = step(claimer);
    EXPECT_FALSE(full.channel);
    EXPECT_EQ(store->on_claim.calls, 1);
}

TEST_F(LoopsTest, QueuesOfAGroupShareTheirPlaces) {
    WorkerOptions worker;
    worker.groups = {{{{"high"}, {"low"}}, 4, QueueChoice::strict}};
    worker.prefetch = 0;
    const auto engine = make_engine(worker);
    ASSERT_EQ(engine->claimers().size(), 1U);
    static_cast<void>(add(job("job", "high")));
    for (int i = 0; i < 9; ++i)
        static_cast<void>(add(job("job", "low")));
    auto& claimer = *engine->claimers().front();
    EXPECT_EQ(step(claimer).delay, Duration::zero());
    EXPECT_EQ(client.stats().queues.at("high").active, 1U);
    EXPECT_EQ(client.stats().queues.at("low").active, 3U);
}

TEST_F(LoopsTest, WeightedQueuesGetTheirSharesWhilePlacesComeOneByOne) {
    WorkerOptions worker;
    worker.groups = {{{{"a", 3}, {"b", 1}}, 1, QueueChoice::weighted}};
    worker.prefetch = 0;
    const auto engine = make_engine(worker);
    for (int i = 0; i < 20; ++i) {
        static_cast<void>(add(job("job", "a")));
        static_cast<void>(add(job("job", "b")));
    }
    const auto runner = engine->make_runner(*engine->in_flight().lines().front());
    for (int i = 0; i < 16; ++i) {
        step(*engine->claimers().front());
        step(*runner);
        step(engine->settler());
    }
    EXPECT_EQ(client.stats().queues.at("a").available, 8U);
    EXPECT_EQ(client.stats().queues.at("b").available, 16U);
}

TEST_F(LoopsTest, WhatAGroupClaimedBeforeTheStoreFailedIsKept) {
    WorkerOptions worker;
    worker.groups = {{{{"high"}, {"low"}}, 2, QueueChoice::strict}};
    worker.prefetch = 0;
    const auto engine = make_engine(worker);
    static_cast<void>(add(job("job", "high")));
    store->on_claim.refuse_after = store->on_claim.calls + 1;
    EXPECT_THROW(step(*engine->claimers().front()), Error);
    store->on_claim.refuse_after = -1;
    EXPECT_EQ(client.stats().queues.at("high").active, 1U);
    const auto runner = engine->make_runner(*engine->in_flight().lines().front());
    step(*runner);
    step(engine->settler());
    EXPECT_EQ(client.stats().states.at(JobState::completed), 1U);
    EXPECT_TRUE(engine->in_flight().wait_until_empty(0s));
    EXPECT_EQ(engine->in_flight().reserve(*engine->in_flight().lines().front()), 2U);
}

TEST_F(LoopsTest, PrefetchFollowsTheHandlersTime) {
    QueueLine line{QueueGroup{{{"default"}}, 4}};
    EXPECT_EQ(line.wanted_prefetch(2'000), 4U);
    line.handler_time.add(1us, 100);
    EXPECT_EQ(line.wanted_prefetch(2'000), 2'000U);
    for (int i = 0; i < 100; ++i)
        line.handler_time.add(10ms, 1);
    EXPECT_NEAR(line.wanted_prefetch(2'000), 8, 1);
    line.handler_time.add_stall(1s);
    EXPECT_EQ(line.wanted_prefetch(2'000), 0U);
    EXPECT_EQ(line.wanted_prefetch(0), 0U);
}

TEST_F(LoopsTest, ABusyQueueLeavesOthersTheirThreads) {
    WorkerOptions worker;
    worker.queues = {{"busy", 2}, {"quiet", 3}};
    worker.prefetch = 10;
    const auto engine = make_engine(worker);
    auto& busy = *engine->in_flight().lines()[0];
    auto& quiet = *engine->in_flight().lines()[1];
    busy.handler_time.add(1us, 1);
    quiet.handler_time.add(1us, 1);
    EXPECT_EQ(engine->in_flight().reserve(busy), 12U);
    EXPECT_EQ(engine->in_flight().reserve(quiet), 3U);
    EXPECT_EQ(engine->in_flight().reserve(quiet), 0U);
}

TEST_F(LoopsTest, AnIdleThreadIsFilledThoughAnotherQueueHoldsThePrefetch) {
    WorkerOptions worker;
    worker.queues = {{"busy", 2}, {"quiet", 3}};
    worker.prefetch = 10;
    const auto engine = make_engine(worker);
    auto& in_flight = engine->in_flight();
    auto& busy = *in_flight.lines()[0];
    auto& quiet = *in_flight.lines()[1];
    busy.handler_time.add(1us, 1);
    quiet.handler_time.add(1us, 1);
    EXPECT_EQ(in_flight.reserve(busy), 12U);
    EXPECT_EQ(in_flight.reserve(quiet), 3U);
    in_flight.cancel_reservation(quiet, 1);  // two run, and may do so for long
    EXPECT_EQ(in_flight.reserve(quiet), 1U);
}

TEST_F(LoopsTest, ALargePrefetchIsClaimedInHalves) {
    WorkerOptions worker;
    worker.queues = {{"busy", 2}};
    worker.prefetch = 100;
    const auto engine = make_engine(worker);
    auto& busy = *engine->in_flight().lines()[0];
    busy.handler_time.add(1us, 1);
    EXPECT_EQ(engine->in_flight().reserve(busy), 50U);
    EXPECT_EQ(engine->in_flight().reserve(busy), 50U);
    EXPECT_EQ(engine->in_flight().reserve(busy), 0U) << "what is left is no half";
}

TEST_F(LoopsTest, TheKeeperRenewsAThirdIntoTheLease) {
    const auto engine = make_engine();
    EXPECT_FALSE(step(engine->lease_keeper()).channel) << "nothing to keep: waits for a lease";
    const auto id = add(job("job"));
    perform = [&](Context&) {
        for (int i = 0; i < 20; ++i) {
            clock.advance(4900ms);
            EXPECT_EQ(step(engine->lease_keeper()).channel, WakeChannel::control);
            step(engine->rescuer());
        }
        return Outcome::done();
    };
    const auto runner = engine->make_runner(*engine->in_flight().lines().front());
    step(*engine->claimers().front());
    step(*runner);
    step(engine->settler());
    EXPECT_EQ(find(id).state, JobState::completed);
    EXPECT_EQ(find(id).lease_seq, 1U);
}

TEST_F(LoopsTest, TheKeeperSurvivesAClockThatIsSetBack) {
    const auto engine = make_engine();
    static_cast<void>(add(job("job")));
    step(*engine->claimers().front());
    EXPECT_EQ(store->on_heartbeat.calls, 0);
    static_cast<void>(engine->lease_keeper().run_once(clock.now() - 1h));
    EXPECT_EQ(store->on_heartbeat.calls, 1);
}

TEST_F(LoopsTest, TheKeeperAsksQuietlyOnlyWhenThereMayBeAnAnswer) {
    const auto engine = make_engine(slots(1));
    const auto id = add(job("job"));
    StopReason seen = StopReason::none;
    perform = [&](Context& context) {
        step(engine->lease_keeper());
        EXPECT_EQ(store->on_heartbeat.calls, 0) << "nothing is due";
        static_cast<void>(client.cancel(id));
        step(engine->lease_keeper());
        EXPECT_EQ(store->on_heartbeat.calls, 1) << "somebody controls something";
        seen = context.stop_reason();
        return Outcome::done();
    };
    step(*engine->claimers().front());
    step(*engine->make_runner(*engine->in_flight().lines().front()));
    EXPECT_EQ(seen, StopReason::cancelled);
    step(engine->settler());
    EXPECT_EQ(find(id).state, JobState::cancelled);
}

TEST_F(LoopsTest, WhatAHeartbeatCouldNotCarryGoesWithTheNext) {
    const auto engine = make_engine(slots(1));
    const auto id = add(job("job"));
    perform = [&](Context& context) {
        context.progress(5, 10, "half");
        store->on_heartbeat.refuse = true;
        EXPECT_THROW(step(engine->lease_keeper()), Error);
        store->on_heartbeat.refuse = false;
        EXPECT_FALSE(find(id).progress);
        step(engine->lease_keeper());
        EXPECT_EQ(find(id).progress, (Progress{5, 10, "half"}));
        return Outcome::done();
    };
    step(*engine->claimers().front());
    step(*engine->make_runner(*engine->in_flight().lines().front()));
}

TEST_F(LoopsTest, TheKeeperCountsAHandlerThatIgnoresItsTimeout) {
    const auto engine = make_engine(slots(1));
    auto limited = job("job");
    limited.timeout = 1s;
    static_cast<void>(add(limited));
    perform = [&](Context& context) {
        EXPECT_LE(step(engine->lease_keeper()).delay, 1s);
        EXPECT_FALSE(context.stop_requested());
        clock.advance(1s);
        step(engine->lease_keeper());
        EXPECT_EQ(context.stop_reason(), StopReason::timed_out);
        EXPECT_EQ(counters.stuck, 0U);
        clock.advance(5s);
        step(engine->lease_keeper());
        EXPECT_EQ(counters.stuck, 1U);
        return Outcome::done();
    };
    step(*engine->claimers().front());
    step(*engine->make_runner(*engine->in_flight().lines().front()));
    step(engine->settler());
    step(engine->lease_keeper());
    EXPECT_EQ(counters.stuck, 0U);
}

TEST_F(LoopsTest, TheKeeperGivesBackWhatWaitedASecond) {
    const auto engine = make_engine();
    const auto id = add(job("job"));
    step(*engine->claimers().front());
    clock.advance(999ms);
    step(engine->lease_keeper());
    step(engine->settler());
    EXPECT_EQ(find(id).state, JobState::active);
    clock.advance(1ms);
    step(engine->lease_keeper());
    step(engine->settler());
    EXPECT_EQ(find(id).state, JobState::available);
    EXPECT_EQ(find(id).attempt, 0U);
    // The ticket that was given back is void.
    step(*engine->make_runner(*engine->in_flight().lines().front()));
    EXPECT_EQ(counters.started, 0U);
}

TEST_F(LoopsTest, TheSettlerKeepsWhatTheStoreDidNotTake) {
    const auto engine = make_engine(slots(1));
    const auto id = add(job("job"));
    step(*engine->claimers().front());
    step(*engine->make_runner(*engine->in_flight().lines().front()));
    store->on_settle.refuse = true;
    EXPECT_THROW(step(engine->settler()), Error);
    EXPECT_THROW(step(engine->settler()), Error);
    EXPECT_EQ(engine->in_flight().reserve(*engine->in_flight().lines().front()), 0U);
    store->on_settle.refuse = false;
    step(engine->settler());
    EXPECT_EQ(find(id).state, JobState::completed);
    EXPECT_EQ(engine->in_flight().reserve(*engine->in_flight().lines().front()), 1U);
}

TEST_F(LoopsTest, ThePromoterSleepsUntilTheNextJobIsDue) {
    const auto engine = make_engine();
    EXPECT_EQ(step(engine->promoter()).delay, 60s);
    auto later = job("job");
    later.delay = 50ms;
    const auto id = add(later);
    const auto next = step(engine->promoter());
    EXPECT_EQ(next.delay, 50ms);
    EXPECT_EQ(next.channel, WakeChannel::schedule);
    clock.advance(50ms);
    step(engine->promoter());
    EXPECT_EQ(find(id).state, JobState::available);
}

TEST_F(LoopsTest, ThePrunerRemovesWhatEndedLongAgo) {
    const auto engine = make_engine();
    const auto id = add(job("job"));
    step(*engine->claimers().front());
    step(*engine->make_runner(*engine->in_flight().lines().front()));
    step(engine->settler());
    EXPECT_EQ(step(engine->pruner()).delay, 5s);
    step(engine->pruner());
    EXPECT_TRUE(client.find(id));
    clock.advance(24h + 1s);
    const auto next = step(engine->pruner());
    EXPECT_FALSE(client.find(id));
    EXPECT_GE(next.delay, 54s);
    EXPECT_LE(next.delay, 66s);
}

TEST_F(LoopsTest, JobsThatADeadWorkerPrefetchedGoBackUncounted) {
    const auto id = add(job("job"));
    crash(id, {});
    const auto engine = make_engine();
    EXPECT_EQ(step(engine->rescuer()).delay, 500ms);
    EXPECT_EQ(find(id).state, JobState::available);
    EXPECT_EQ(find(id).attempt, 0U);
    EXPECT_EQ(find(id).crashes, 0U);
    EXPECT_EQ(counters.crashes_rescued, 0U);
}

TEST_F(LoopsTest, AJobThatKillsItsWorkersIsDiscardedSayingSo) {
    const auto id = add(job("job"));
    const auto engine = make_engine();
    for (int i = 1; i <= 3; ++i) {
        clock.advance(10s);
        step(engine->promoter());
        crash(id, RunMark::started);
        step(engine->rescuer());
        EXPECT_EQ(find(id).crashes, static_cast<std::uint32_t>(i));
    }
    const auto ended = find(id);
    EXPECT_EQ(ended.state, JobState::discarded);
    EXPECT_EQ(counters.crashes_rescued, 3U);
    ASSERT_EQ(ended.errors.size(), 3U);
    EXPECT_EQ(ended.errors.back().kind, FailureKind::crash);
    EXPECT_EQ(ended.errors.back().worker, "worker4");
    EXPECT_THAT(ended.errors.back().message, HasSubstr("died"));
}

TEST_F(LoopsTest, ARescueWhoseAnswerWasLostIsRepeatedHarmlessly) {
    const auto id = add(job("job"));
    crash(id, RunMark::started);
    const auto engine = make_engine();
    store->on_settle.lose_answer = true;
    EXPECT_THROW(step(engine->rescuer()), Error);
    store->on_settle.lose_answer = false;
    step(engine->rescuer());
    EXPECT_EQ(find(id).crashes, 1U);
    EXPECT_EQ(find(id).errors.size(), 1U);
}

}  // namespace
}  // namespace errand::test
