#include "engine/support.hpp"

#include <gtest/gtest.h>

namespace errand::test {
namespace {

class CancelTest : public testing::Test {
protected:
    Bench bench;
    Gate gate;
};

TEST_F(CancelTest, ReachesARunningHandlerAtOnce) {
    Worker worker{bench.store, slots(1)};
    std::chrono::steady_clock::time_point asked;
    std::chrono::steady_clock::time_point seen;
    worker.handle("job", [&](Context& context) {
        gate.arrive();
        wait_for_stop(context);
        seen = std::chrono::steady_clock::now();
        EXPECT_EQ(context.stop_reason(), StopReason::cancelled);
        return Outcome::retry_in(1h);
    });
    worker.start();
    const auto id = bench.add(job("job"));
    ASSERT_TRUE(gate.reached());
    asked = std::chrono::steady_clock::now();
    EXPECT_EQ(bench.client.cancel(id), ControlResult::requested);
    EXPECT_EQ(bench.ended(id).state, JobState::cancelled);
    worker.stop();
    EXPECT_LT(seen - asked, 1s);
    EXPECT_EQ(worker.activity().cancelled, 1U);
}

TEST_F(CancelTest, AlsoStopsAHandlerThatLooksLater) {
    Worker worker{bench.store, slots(1)};
    worker.handle("job", [&](Context& context) {
        gate.arrive();
        EXPECT_TRUE(eventually([&] { return context.stop_requested(); }));
        EXPECT_TRUE(context.stop_token().stop_requested());
        return Outcome::done();
    });
    worker.start();
    const auto id = bench.add(job("job"));
    ASSERT_TRUE(gate.reached());
    EXPECT_EQ(bench.client.cancel(id), ControlResult::requested);
    EXPECT_EQ(bench.ended(id).state, JobState::cancelled);
}

TEST_F(CancelTest, APrefetchedJobDoesNotStart) {
    Worker worker{bench.store, slots(1, 10)};
    std::atomic<int> runs{0};
    worker.handle("job", [&](Context&) {
        ++runs;
        gate.pass();
        return Outcome::done();
    });
    const auto first = bench.add(job("job"));
    const auto second = bench.add(job("job"));
    worker.start();
    ASSERT_TRUE(gate.reached());
    static_cast<void>(bench.client.cancel(second));
    EXPECT_EQ(bench.ended(second).state, JobState::cancelled);
    gate.open();
    EXPECT_EQ(bench.ended(first).state, JobState::completed);
    EXPECT_EQ(runs, 1);
}

TEST_F(CancelTest, AStopCallbackThatBlocksDelaysNobodyElse) {
    Worker worker{bench.store, slots(2)};
    Gate blocked;
    worker.handle("blocks", [&](Context& context) {
        const std::stop_callback callback{context.stop_token(), [&] { blocked.pass(); }};
        gate.pass();
        return Outcome::done();
    });
    worker.handle("polls", [&](Context& context) {
        gate.arrive();
        EXPECT_TRUE(eventually([&] { return context.stop_requested(); }));
        return Outcome::done();
    });
    worker.start();
    const auto first = bench.add(job("blocks"));
    const auto second = bench.add(job("polls"));
    ASSERT_TRUE(gate.reached(2));
    static_cast<void>(bench.client.cancel(first));
    ASSERT_TRUE(blocked.reached());
    static_cast<void>(bench.client.cancel(second));
    EXPECT_EQ(bench.ended(second).state, JobState::cancelled);
    blocked.open();
    gate.open();
    EXPECT_EQ(bench.ended(first).state, JobState::cancelled);
}

TEST_F(CancelTest, ATimeoutStopsTheHandlerAndIsRecorded) {
    auto limited = job("job");
    limited.timeout = 20ms;
    limited.max_attempts = 1;
    Worker worker{bench.store, slots(1)};
    worker.handle("job", [&](Context& context) {
        wait_for_stop(context);
        EXPECT_EQ(context.stop_reason(), StopReason::timed_out);
        return Outcome::fail("gave up");
    });
    worker.start();
    const auto ended = bench.ended(bench.add(limited));
    EXPECT_EQ(ended.state, JobState::discarded);
    ASSERT_EQ(ended.errors.size(), 1U);
    EXPECT_EQ(ended.errors[0].kind, FailureKind::timeout);
}

TEST_F(CancelTest, TheHandlersTimeoutCountsForJobsWithoutOne) {
    auto plain = job("job");
    plain.max_attempts = 1;
    Worker worker{bench.store, slots(1)};
    worker.handle("job",
                  [&](Context& context) -> Outcome {
                      wait_for_stop(context);
                      throw std::runtime_error("timed out inside");
                  },
                  {.retry = {}, .timeout = 5ms});
    worker.start();
    EXPECT_EQ(bench.ended(bench.add(plain)).errors.at(0).kind, FailureKind::timeout);
}

}  // namespace
}  // namespace errand::test
