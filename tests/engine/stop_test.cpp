#include "engine/support.hpp"

#include <gtest/gtest.h>

#include <sys/types.h>
#include <unistd.h>

#include <csignal>
#include <random>
#include <unordered_map>

namespace errand::test {
namespace {

class StopTest : public testing::Test {
protected:
    Bench bench;
    Gate gate;
};

TEST_F(StopTest, LetsRunningHandlersFinish) {
    Worker worker{bench.store, slots(1)};
    worker.handle("job", [&](Context& context) {
        gate.pass();
        EXPECT_FALSE(context.stop_requested());
        return Outcome::done("true");
    });
    worker.start();
    const auto id = bench.add(job("job"));
    ASSERT_TRUE(gate.reached());
    std::jthread stopping{[&] { worker.stop(); }};
    gate.open();
    EXPECT_EQ(bench.ended(id).result, "true");
    stopping.join();
    EXPECT_TRUE(bench.store->workers().empty());
}

TEST_F(StopTest, AnInterruptedAttemptIsNotUsed) {
    auto options = slots(1);
    options.grace = 0s;
    Worker worker{bench.store, options};
    worker.handle("job", [&](Context& context) -> Outcome {
        gate.arrive();
        wait_for_stop(context);
        EXPECT_EQ(context.stop_reason(), StopReason::interrupted);
        throw std::runtime_error("stopped in the middle");
    });
    worker.start();
    const auto id = bench.add(job("job"));
    ASSERT_TRUE(gate.reached());
    worker.stop();
    const auto job = bench.client.find(id);
    EXPECT_EQ(job->state, JobState::available);
    EXPECT_EQ(job->attempt, 0U);
    EXPECT_EQ(job->interruptions, 1U);
    EXPECT_TRUE(job->errors.empty());
}

TEST_F(StopTest, AHandlerThatIgnoresTheStopLosesItsJobToTheQueue) {
    auto options = slots(1);
    options.grace = 0s;
    options.stop_timeout = 1ms;
    Worker worker{bench.store, options};
    worker.handle("job", [&](Context&) {
        gate.pass();
        return Outcome::done("too late");
    });
    worker.start();
    const auto id = bench.add(job("job"));
    ASSERT_TRUE(gate.reached());
    std::jthread stopping{[&] { worker.stop(); }};
    EXPECT_TRUE(eventually([&] { return bench.store->workers().empty(); }));
    EXPECT_EQ(bench.client.find(id)->state, JobState::available);
    EXPECT_EQ(bench.client.find(id)->interruptions, 1U);
    gate.open();
    stopping.join();
    EXPECT_EQ(bench.client.find(id)->state, JobState::available);
    EXPECT_EQ(worker.activity().completed, 0U);
}

TEST_F(StopTest, WhatHasNotBegunGoesBackAtOnce) {
    Worker worker{bench.store, slots(1, 10)};
    worker.handle("job", [&](Context&) {
        gate.pass();
        return Outcome::done();
    });
    const auto first = bench.add(job("job"));
    const auto second = bench.add(job("job"));
    worker.start();
    ASSERT_TRUE(gate.reached());
    EXPECT_EQ(bench.client.find(second)->lease_seq, 1U);
    std::jthread stopping{[&] { worker.stop(); }};
    EXPECT_TRUE(
        eventually([&] { return bench.client.find(second)->state == JobState::available; }));
    EXPECT_EQ(bench.client.find(second)->attempt, 0U);
    EXPECT_EQ(bench.client.find(second)->interruptions, 0U);
    EXPECT_EQ(bench.client.find(first)->state, JobState::active);
    gate.open();
    stopping.join();
    EXPECT_EQ(bench.client.find(first)->state, JobState::completed);
}

TEST_F(StopTest, RunWorksUntilSigterm) {
    Worker worker{bench.store, slots(1)};
    worker.handle("job", [](Context&) { return Outcome::done(); });
    std::jthread running{[&] { worker.run(); }};
    EXPECT_EQ(bench.ended(bench.add(job("job"))).state, JobState::completed);
    EXPECT_THROW(worker.run(), Error) << "one at a time";
    ASSERT_EQ(kill(getpid(), SIGTERM), 0);
    running.join();
    EXPECT_TRUE(bench.store->workers().empty());
}

TEST_F(StopTest, ASecondSignalEndsTheProcessAtOnce) {
    testing::FLAGS_gtest_death_test_style = "threadsafe";
    const auto impatient = [this] {
        Worker worker{bench.store, slots(1)};
        worker.handle("job", [](Context&) -> Outcome {
            for (;;)
                kill(getpid(), SIGINT);
        });
        static_cast<void>(bench.add(job("job")));
        worker.run();
    };
    EXPECT_EXIT(impatient(), testing::ExitedWithCode(130), "");
}

/// Counts the handlers that returned, per job.
class Returns {
public:
    void add(const JobId& id) {
        const std::lock_guard lock{mutex_};
        ++counts_[id];
    }
    [[nodiscard]] int most() {
        const std::lock_guard lock{mutex_};
        int most = 0;
        for (const auto& [id, count] : counts_)
            most = std::max(most, count);
        return most;
    }
    [[nodiscard]] std::size_t size() {
        const std::lock_guard lock{mutex_};
        return counts_.size();
    }

private:
    std::mutex mutex_;
    std::unordered_map<JobId, int> counts_;
};

/// Works for a moment that differs from run to run; does not look at the stop.
void work_a_little(std::uint32_t seed) {
    std::minstd_rand random{seed};
    const auto until = std::chrono::steady_clock::now() + std::chrono::microseconds{random() % 300};
    while (std::chrono::steady_clock::now() < until) {
    }
}

// Hazard L1: whatever the moment of the stop, a handler that returned is never run again.
TEST_F(StopTest, StopsAtRandomMomentsRepeatNothing) {
    std::minstd_rand random{20261122};
    Returns returns;
    std::size_t added = 0;
    for (int round = 0; round < 300; ++round) {
        auto options = slots(1 + random() % 4, random() % 64);
        options.grace = random() % 2 == 0 ? Duration{0} : Duration{random() % 500};
        options.stop_timeout = patience;
        Worker worker{bench.store, options};
        worker.handle("job", [&](Context& context) {
            work_a_little(context.id().bytes[15]);
            returns.add(context.id());
            return Outcome::done();
        });
        std::vector<NewJob> jobs(random() % 40, job("job"));
        for (auto& each : jobs)
            each.id = new_job_id();
        added += jobs.size();
        bench.client.enqueue_many(std::move(jobs));
        worker.start();
        const auto enough = random() % 40;
        const auto goal = std::min<std::size_t>(added, returns.size() + enough);
        EXPECT_TRUE(eventually([&] { return returns.size() >= goal; }));
        worker.stop();
        const auto states = bench.client.stats().states;
        ASSERT_EQ(states.at(JobState::active), 0U) << "round " << round;
        ASSERT_EQ(states.at(JobState::completed), returns.size()) << "round " << round;
        ASSERT_LE(returns.most(), 1) << "round " << round;
    }
    EXPECT_TRUE(bench.store->workers().empty());
}

}  // namespace
}  // namespace errand::test
