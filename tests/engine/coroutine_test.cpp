#include "engine/support.hpp"

#include <errand/asio.hpp>
#include <errand/boost_json.hpp>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <set>
#include <vector>

namespace errand::test {
namespace {

namespace asio = boost::asio;
using Awaited = asio::awaitable<Outcome>;

struct Double {
    static constexpr std::string_view job_type = "double";
    int number = 0;
};
BOOST_DESCRIBE_STRUCT(Double, (), (number))

/// Never ends by itself.
asio::awaitable<void> sleep_for_ever() {
    asio::steady_timer timer{co_await asio::this_coro::executor,
                             asio::steady_timer::time_point::max()};
    co_await timer.async_wait(asio::use_awaitable);
}

class CoroutineTest : public testing::Test {
protected:
    Bench bench;
    Gate gate;

    /// A worker whose jobs of the type "sleeper" sleep until they are asked to stop.
    [[nodiscard]] RawCoroutine sleeper() {
        return [this](Context&) -> Awaited {
            gate.arrive();
            co_await sleep_for_ever();
            co_return Outcome::done();
        };
    }
};

TEST_F(CoroutineTest, ReturnsValuesAndTakesArguments) {
    Worker worker{bench.store, slots(1)};
    Coroutines coroutines{worker};
    coroutines.handle<Double>([](const Double& args) -> asio::awaitable<int> {
        asio::steady_timer timer{co_await asio::this_coro::executor, 1us};
        co_await timer.async_wait(asio::use_awaitable);
        co_return args.number * 2;
    });
    coroutines.handle("nothing", [](Context&) -> Awaited { co_return Outcome::done(); });
    worker.start();
    const auto id = bench.client.enqueue(Double{21}).id;
    EXPECT_EQ(bench.ended(id).result, "42");
    EXPECT_EQ(bench.ended(bench.add(job("nothing"))).state, JobState::completed);
    auto bad = job("double");
    bad.args = "[7]";
    EXPECT_EQ(bench.ended(bench.add(bad)).state, JobState::discarded);
    worker.stop();
    EXPECT_EQ(worker.activity().completed, 2U);
}

TEST_F(CoroutineTest, ExceptionsFailTheAttempt) {
    Worker worker{bench.store, slots(1)};
    Coroutines coroutines{worker};
    coroutines.handle("throws", [](Context& context) -> Awaited {
        if (context.attempt() == 1) throw std::out_of_range("before anything was awaited");
        asio::steady_timer timer{co_await asio::this_coro::executor, 1us};
        co_await timer.async_wait(asio::use_awaitable);
        if (context.attempt() == 2) throw std::runtime_error("after it slept");
        co_return Outcome::done();
    });
    worker.start();
    const auto ended = bench.ended(bench.add(job("throws")));
    worker.stop();
    EXPECT_EQ(ended.state, JobState::completed);
    ASSERT_EQ(ended.errors.size(), 2U);
    EXPECT_EQ(ended.errors[0].type, "std::out_of_range");
    EXPECT_EQ(ended.errors[1].message, "after it slept");
}

// The claimer, the leases and the stop all have to do with ten thousand.
TEST_F(CoroutineTest, TenThousandSleepAtOnceOnOneThread) {
    constexpr int count = 10'000;
    auto options = slots(1);
    options.grace = 0s;
    Worker worker{bench.store, options};
    Coroutines coroutines{worker};
    std::mutex mutex;
    std::set<std::thread::id> threads;
    coroutines.handle("sleeper", [&](Context&) -> Awaited {
        {
            const std::lock_guard lock{mutex};
            threads.insert(std::this_thread::get_id());
        }
        gate.arrive();
        co_await sleep_for_ever();
        co_return Outcome::done();
    });
    worker.handle("quick", [](Context&) { return Outcome::done(); });
    std::vector<NewJob> jobs(count + 5, job("sleeper"));
    for (auto& each : jobs)
        each.id = new_job_id();
    bench.client.enqueue_many(std::move(jobs));
    worker.start();
    ASSERT_TRUE(gate.reached(count));
    EXPECT_EQ(bench.ended(bench.add(job("quick"))).state, JobState::completed)
        << "sleepers hold no thread of the queue";
    EXPECT_EQ(worker.activity().running, static_cast<std::uint32_t>(count));
    EXPECT_EQ(gate.arrived(), count) << "those beyond the number stated wait";
    EXPECT_EQ(threads.size(), 1U);
    worker.stop();
    EXPECT_EQ(bench.client.stats().states.at(JobState::available), count + 5U);
    EXPECT_EQ(bench.client.stats().states.at(JobState::active), 0U);
}

TEST_F(CoroutineTest, WhoWaitsForAPlaceFollowsWhenOneIsFree) {
    Worker worker{bench.store, slots(1)};
    Coroutines coroutines{worker, {.at_most = 2}};
    std::atomic<int> at_once{0};
    std::atomic<int> most{0};
    coroutines.handle("counted", [&](Context&) -> Awaited {
        most = std::max(most.load(), ++at_once);
        asio::steady_timer timer{co_await asio::this_coro::executor, 100us};
        co_await timer.async_wait(asio::use_awaitable);
        --at_once;
        co_return Outcome::done();
    });
    std::vector<JobId> ids;
    for (int i = 0; i < 200; ++i)
        ids.push_back(bench.add(job("counted")));
    worker.start();
    for (const auto& id : ids)
        EXPECT_EQ(bench.ended(id).state, JobState::completed);
    worker.stop();
    EXPECT_EQ(most, 2);
}

TEST_F(CoroutineTest, ACancelEndsWhatItWaitsFor) {
    Worker worker{bench.store, slots(1)};
    Coroutines coroutines{worker};
    coroutines.handle("sleeper", sleeper());
    worker.start();
    const auto id = bench.add(job("sleeper"));
    ASSERT_TRUE(gate.reached());
    bench.client.cancel(id);
    EXPECT_EQ(bench.ended(id).state, JobState::cancelled);
    worker.stop();
}

TEST_F(CoroutineTest, ATimeoutEndsWhatItWaitsFor) {
    Worker worker{bench.store, slots(1)};
    Coroutines coroutines{worker};
    coroutines.handle("sleeper", sleeper(), {.timeout = 5ms});
    worker.start();
    auto once = job("sleeper");
    once.max_attempts = 1;
    const auto ended = bench.ended(bench.add(once));
    worker.stop();
    EXPECT_EQ(ended.state, JobState::discarded);
    EXPECT_EQ(ended.errors.front().kind, FailureKind::timeout);
}

TEST_F(CoroutineTest, ACoroutineCanCleanUpAfterTheRequestToStop) {
    auto options = slots(1);
    options.grace = 0s;
    Worker worker{bench.store, options};
    Coroutines coroutines{worker};
    coroutines.handle("tidy", [this](Context& context) -> Awaited {
        gate.arrive();
        try {
            co_await sleep_for_ever();
        } catch (const boost::system::system_error& error) {
            EXPECT_EQ(error.code(), asio::error::operation_aborted);
        }
        EXPECT_EQ(context.stop_reason(), StopReason::interrupted);
        co_await asio::this_coro::reset_cancellation_state();
        asio::steady_timer timer{co_await asio::this_coro::executor, 1us};
        co_await timer.async_wait(asio::use_awaitable);
        co_return Outcome::done("\"tidied\"");
    });
    worker.start();
    const auto id = bench.add(job("tidy"));
    ASSERT_TRUE(gate.reached());
    worker.stop();
    EXPECT_EQ(bench.client.find(id)->result, "\"tidied\"");
}

TEST_F(CoroutineTest, AStopLetsItFinish) {
    Worker worker{bench.store, slots(1)};
    Coroutines coroutines{worker};
    std::optional<asio::steady_timer> timer;
    coroutines.handle("waits", [&](Context& context) -> Awaited {
        timer.emplace(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
        gate.arrive();
        boost::system::error_code ignored;
        co_await timer->async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        timer.reset();  // it must not outlive the coroutines' thread
        EXPECT_FALSE(context.stop_requested());
        co_return Outcome::done("true");
    });
    worker.start();
    const auto id = bench.add(job("waits"));
    ASSERT_TRUE(gate.reached());
    std::jthread stopping{[&] { worker.stop(); }};
    asio::post(timer->get_executor(), [&] { timer->cancel(); });
    EXPECT_EQ(bench.ended(id).result, "true");
    stopping.join();
    EXPECT_TRUE(bench.store->workers().empty());
}

TEST_F(CoroutineTest, OneThatIgnoresTheStopIsDestroyedAndItsJobGivenBack) {
    auto options = slots(1);
    options.grace = 0s;
    options.stop_timeout = 1ms;
    Worker worker{bench.store, options};
    Coroutines coroutines{worker};
    auto witness = std::make_shared<int>(1);
    coroutines.handle("stubborn", [this, witness](Context&) -> Awaited {
        const auto held = witness;
        co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
        gate.arrive();
        co_await sleep_for_ever();
        co_return Outcome::done();
    });
    worker.start();
    const auto id = bench.add(job("stubborn"));
    ASSERT_TRUE(gate.reached());
    const auto held = witness.use_count();
    worker.stop();
    EXPECT_EQ(bench.client.find(id)->state, JobState::available);
    EXPECT_EQ(bench.client.find(id)->interruptions, 1U);
    EXPECT_LT(witness.use_count(), held) << "what the coroutine held is gone";
}

TEST_F(CoroutineTest, AWorkerCanStartAgain) {
    Worker worker{bench.store, slots(1)};
    Coroutines coroutines{worker};
    coroutines.handle("nothing", [](Context&) -> Awaited { co_return Outcome::done(); });
    for (int round = 0; round < 3; ++round) {
        worker.start();
        EXPECT_EQ(bench.ended(bench.add(job("nothing"))).state, JobState::completed);
        worker.stop();
    }
}

// A lease is renewed while the coroutine waits: the job is not taken over, and runs once.
TEST_F(CoroutineTest, ItsLeaseIsRenewed) {
    auto options = slots(1);
    options.lease = 1s;
    Worker worker{bench.store, options};
    Coroutines coroutines{worker};
    coroutines.handle("slow", [this](Context&) -> Awaited {
        gate.arrive();
        asio::steady_timer timer{co_await asio::this_coro::executor, 2500ms};
        co_await timer.async_wait(asio::use_awaitable);
        co_return Outcome::done();
    });
    worker.start();
    const auto ended = bench.ended(bench.add(job("slow")));
    worker.stop();
    EXPECT_EQ(ended.state, JobState::completed);
    EXPECT_EQ(ended.lease_seq, 1U);
    EXPECT_EQ(gate.arrived(), 1);
}

TEST_F(CoroutineTest, RefusesWhatMakesNoSense) {
    Worker worker{bench.store, slots(1)};
    EXPECT_THROW(Coroutines(worker, {.at_most = 0}), Error);
    Coroutines coroutines{worker};
    EXPECT_THROW(coroutines.handle("empty", RawCoroutine{}), Error);
    coroutines.handle("taken", sleeper());
    EXPECT_THROW(coroutines.handle("taken", sleeper()), Error);
    EXPECT_THROW(worker.handle("taken", [](Context&) { return Outcome::done(); }), Error);
}

}  // namespace
}  // namespace errand::test
