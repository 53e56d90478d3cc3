#include "engine/support.hpp"
#include "support/fault_store.hpp"

#include <gtest/gtest.h>

namespace errand::test {
namespace {

class LeaseTest : public testing::Test {
protected:
    std::shared_ptr<FaultStore> store = std::make_shared<FaultStore>(open_store("memory:"));
    Bench bench{store, Client{store}};
    Gate gate;
};

// Hazard B5: a handler that computes for longer than its lease keeps it.
TEST_F(LeaseTest, IsRenewedWhileTheHandlerSpins) {
    auto options = slots(2);
    options.lease = 1s;
    Worker worker{store, options};
    Worker rival{store, options};
    std::atomic<int> starts{0};
    const auto spin = [&](Context& context) {
        ++starts;
        const auto until = std::chrono::steady_clock::now() + 2500ms;
        while (std::chrono::steady_clock::now() < until) {
        }
        EXPECT_FALSE(context.stop_requested());
        return Outcome::done();
    };
    worker.handle("job", spin);
    rival.handle("job", spin);
    worker.start();
    rival.start();
    EXPECT_EQ(bench.ended(bench.add(job("job"))).state, JobState::completed);
    EXPECT_EQ(starts, 1);
    EXPECT_GT(store->on_heartbeat.calls, 0);
}

TEST_F(LeaseTest, ALostOneIsToldToItsHandlerAndItsOutcomeRefused) {
    auto options = slots(1);
    options.lease = 1s;
    Worker worker{store, options};
    std::atomic<int> runs{0};
    std::atomic<bool> told{false};
    worker.handle("job", [&](Context& context) {
        if (++runs == 2) return Outcome::done("\"fresh\"");
        gate.arrive();
        wait_for_stop(context);
        told = context.stop_reason() == StopReason::lease_lost;
        EXPECT_THROW(context.once("late", [] { return std::string{"1"}; }), Error);
        return Outcome::done("\"stale\"");
    });
    worker.start();
    const auto id = bench.add(job("job"));
    ASSERT_TRUE(gate.reached());
    store->on_heartbeat.refuse = true;  // nothing is renewed: the lease runs out
    EXPECT_TRUE(eventually([&] { return bench.client.find(id)->crashes == 1; }));
    store->on_heartbeat.refuse = false;
    const auto ended = bench.ended(id);
    EXPECT_TRUE(told);
    EXPECT_EQ(ended.result, "\"fresh\"");
    EXPECT_EQ(ended.errors.at(0).kind, FailureKind::crash);
    worker.stop();
    EXPECT_EQ(worker.activity().leases_lost, 1U);
    EXPECT_EQ(worker.activity().crashes_rescued, 1U);
}

// Hazard A3: the store is away when the outcome is to be recorded.
TEST_F(LeaseTest, AStoreThatRefusesSettlementsForAWhileLosesNothing) {
    auto options = slots(1);
    options.lease = 1s;
    Worker worker{store, options};
    Worker rival{store, options};
    std::atomic<int> runs{0};
    const auto handler = [&](Context&) {
        ++runs;
        return Outcome::done();
    };
    worker.handle("job", handler);
    rival.handle("other", handler);  // would rescue the job if its lease were not renewed
    store->on_settle.refuse = true;
    worker.start();
    rival.start();
    const auto id = bench.add(job("job"));
    const auto refused_until = std::chrono::steady_clock::now() + 1500ms;
    EXPECT_TRUE(eventually([&] { return std::chrono::steady_clock::now() > refused_until; }));
    EXPECT_EQ(bench.client.find(id)->state, JobState::active);
    EXPECT_GT(worker.activity().store_errors, 1U);
    store->on_settle.refuse = false;
    const auto ended = bench.ended(id);
    EXPECT_EQ(ended.state, JobState::completed);
    EXPECT_EQ(ended.attempt, 1U);
    EXPECT_EQ(ended.crashes, 0U);
    EXPECT_EQ(runs, 1);
}

TEST_F(LeaseTest, ASettlementWhoseAnswerWasLostIsRepeatedHarmlessly) {
    Worker worker{store, slots(1)};
    std::atomic<int> runs{0};
    worker.handle("job", [&](Context&) {
        ++runs;
        return Outcome::done();
    });
    store->on_settle.lose_answer = true;
    worker.start();
    const auto id = bench.add(job("job"));
    EXPECT_TRUE(eventually([&] { return store->on_settle.faults >= 2; }));
    store->on_settle.lose_answer = false;
    EXPECT_EQ(bench.ended(id).state, JobState::completed);
    worker.stop();
    EXPECT_EQ(runs, 1);
    EXPECT_EQ(worker.activity().leases_lost, 0U);
}

TEST_F(LeaseTest, NoLoopDiesOfAStoreThatIsAway) {
    Worker worker{store, slots(1)};
    worker.handle("job", [](Context&) { return Outcome::done(); });
    store->on_claim.refuse = store->on_take_over.refuse = store->on_promote.refuse = true;
    worker.start();
    auto later = job("job");
    later.delay = 1ms;
    const auto id = bench.add(later);
    EXPECT_TRUE(eventually([&] {
        return store->on_claim.faults > 1 && store->on_take_over.faults > 1 &&
               store->on_promote.faults > 1;
    }));
    store->on_claim.refuse = store->on_take_over.refuse = store->on_promote.refuse = false;
    EXPECT_EQ(bench.ended(id).state, JobState::completed);
    EXPECT_GT(worker.activity().store_errors, 3U);
}

// Hazard D4: what one worker prefetched and does not get to run goes to an idle one.
TEST_F(LeaseTest, PrefetchedJobsDoNotWaitBehindASlowHandler) {
    Worker slow{store, slots(1, 100)};
    slow.handle("job", [&](Context&) {
        gate.pass();
        return Outcome::done();
    });
    const auto first = bench.add(job("job"));
    const auto second = bench.add(job("job"));
    slow.start();
    ASSERT_TRUE(gate.reached());
    EXPECT_EQ(bench.client.find(second)->lease_seq, 1U);
    Worker idle{store, slots(1)};
    idle.handle("job", [](Context&) { return Outcome::done("\"idle\""); });
    idle.start();
    const auto ended = bench.ended(second);
    EXPECT_EQ(ended.state, JobState::completed);
    EXPECT_EQ(ended.result, "\"idle\"");
    EXPECT_EQ(ended.attempt, 1U);
    gate.open();
    EXPECT_EQ(bench.ended(first).state, JobState::completed);
}

}  // namespace
}  // namespace errand::test
