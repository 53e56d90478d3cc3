#include "engine/support.hpp"

#include <errand/asio.hpp>
#include <errand/batch.hpp>
#include <errand/boost_json.hpp>
#include <errand/isolated.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

// Steps and waits in every kind of handler.

namespace errand::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using Body = std::function<Outcome(Context&)>;

/// How a kind of handler is made of a plain function.
struct Kind {
    const char* name;
    std::function<void(Worker&, Body)> add;
};

void PrintTo(const Kind& kind, std::ostream* out) {
    *out << kind.name;
}

void add_batch(Worker& worker, Body body) {
    handle_batch(worker, "job", [body = std::move(body)](std::span<BatchJob> jobs) {
        for (auto& one : jobs)
            one.alone([&](Context& context) { one.settle(body(context)); });
    });
}

class StepsByKindTest : public testing::TestWithParam<Kind> {
protected:
    /// Starts a worker whose jobs of the type "job" are performed by `body`.
    void start(Body body) {
        GetParam().add(worker, std::move(body));
        worker.start();
    }
    [[nodiscard]] bool waits_for(const JobId& id, std::string_view signal) {
        return eventually([&] { return bench.client.find(id)->awaits_signal == signal; });
    }
    /// The steps of a job that nobody waits for.
    [[nodiscard]] Job perform(Body body) {
        start(std::move(body));
        auto one = job("job");
        one.max_attempts = 1;
        const auto ended = bench.ended(bench.add(one));
        worker.stop();
        return ended;
    }

    Bench bench;
    Worker worker{bench.store, slots(1)};
};

TEST_P(StepsByKindTest, WhatAJobHasSurvivesFailuresAndWaits) {
    start([](Context& context) {
        const auto first =
            context.step("first", [&] { return static_cast<int>(context.lease_seq()); });
        auto starts = context.cursor<int>("starts");
        starts.save(starts.get().value_or(0) + 1);
        if (context.lease_seq() == 1) throw std::runtime_error("after the step");
        const auto answer = context.wait_signal<int>("go", 24h);
        context.sleep("rest", 1ms);
        const auto never = context.wait_signal<int>("never", 1ms);
        const bool all_starts = starts.get() == static_cast<int>(context.lease_seq());
        return Outcome::done(
            "[" + std::to_string(first) + "," + std::to_string(answer.value_or(-1)) + "," +
            (never ? "true" : "false") + "," + (all_starts ? "true" : "false") + "]");
    });
    const auto id = bench.add(job("job"));
    ASSERT_TRUE(waits_for(id, "go"));
    const auto parked = *bench.client.find(id);
    EXPECT_EQ(parked.state, JobState::scheduled);
    EXPECT_EQ(parked.attempt, 1U) << "the wait gave its attempt back";
    EXPECT_EQ(bench.client.signal(id, "go", 42), SignalResult::delivered);
    const auto ended = bench.ended(id);
    worker.stop();
    EXPECT_EQ(ended.result, "[1,42,false,true]");
    EXPECT_EQ(ended.attempt, 2U);
    ASSERT_EQ(ended.errors.size(), 1U) << "waits are no failures";
    EXPECT_EQ(ended.errors[0].message, "after the step");
    EXPECT_EQ(worker.activity().failed, 1U);
}

TEST_P(StepsByKindTest, StepsStandInStepsAndInThreads) {
    const auto ended = perform([](Context& context) {
        const auto outer =
            context.step("outer", [&] { return 10 * context.step("inner", [] { return 4; }); });
        std::vector<int> values(4);
        {
            std::vector<std::jthread> threads;
            for (std::size_t i = 0; i < values.size(); ++i) {
                threads.emplace_back([&, i] {
                    values[i] = context.step("of thread " + std::to_string(i),
                                             [i] { return static_cast<int>(i); });
                });
            }
        }
        int sum = outer;
        for (const auto value : values)
            sum += value;
        return Outcome::done(std::to_string(sum));
    });
    EXPECT_EQ(ended.result, "46");
}

TEST_P(StepsByKindTest, AnImpossibleNameIsAnErrorOfTheHandler) {
    const auto ended = perform([](Context& context) {
        context.step("", [] {});
        return Outcome::done();
    });
    EXPECT_EQ(ended.state, JobState::discarded);
    EXPECT_EQ(ended.errors.at(0).type, "errand::Error invalid_argument");
    EXPECT_THAT(ended.errors.at(0).message, HasSubstr("step"));
}

TEST_P(StepsByKindTest, HooksSeeAWaitAsTheOutcomeThatItIs) {
    std::mutex mutex;
    std::vector<Outcome> outcomes;
    worker.add_hook("notes", [&](Context&) -> AfterPerform {
        return [&](Outcome& outcome) {
            const std::lock_guard lock{mutex};
            outcomes.push_back(outcome);
        };
    });
    start([](Context& context) {
        (void)context.wait_signal("go", 24h);
        return Outcome::done();
    });
    const auto id = bench.add(job("job"));
    ASSERT_TRUE(waits_for(id, "go"));
    EXPECT_EQ(bench.client.signal(id, "go"), SignalResult::delivered);
    EXPECT_EQ(bench.ended(id).state, JobState::completed);
    worker.stop();
    ASSERT_EQ(outcomes.size(), 2U);
    EXPECT_EQ(outcomes[0].kind(), Outcome::Kind::wait_signal);
    EXPECT_EQ(outcomes[0].text(), "go");
    EXPECT_EQ(outcomes[1].kind(), Outcome::Kind::done);
}

TEST_P(StepsByKindTest, AHookMayWaitToo) {
    worker.add_hook("gate", [](Context& context) -> AfterPerform {
        (void)context.wait_signal("open", 24h);
        return {};
    });
    start([](Context&) { return Outcome::done(); });
    const auto id = bench.add(job("job"));
    ASSERT_TRUE(waits_for(id, "open"));
    EXPECT_EQ(bench.client.signal(id, "open"), SignalResult::delivered);
    const auto ended = bench.ended(id);
    worker.stop();
    EXPECT_EQ(ended.state, JobState::completed);
    EXPECT_THAT(ended.errors, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    EachKind, StepsByKindTest,
    testing::Values(
        Kind{"Plain", [](Worker& worker, Body body) { worker.handle("job", std::move(body)); }},
        Kind{"Coroutine",
             [](Worker& worker, Body body) {
                 Coroutines{worker}.handle(
                     "job",
                     [body = std::move(body)](Context& context) -> boost::asio::awaitable<Outcome> {
                         co_return body(context);
                     });
             }},
        Kind{"Isolated",
             [](Worker& worker, Body body) {
                 Isolated{worker, {.processes = 1}}.handle("job", std::move(body));
             }},
        Kind{"Batch", add_batch}),
    [](const auto& info) { return std::string{info.param.name}; });

/// Jobs of one type, one call for all that are there.
class BatchWaitsTest : public testing::Test {
protected:
    [[nodiscard]] std::vector<JobId> add(int count) {
        std::vector<NewJob> jobs;
        for (int i = 0; i < count; ++i) {
            jobs.push_back(job("job"));
            jobs.back().args = "[" + std::to_string(i) + "]";
        }
        std::vector<JobId> ids;
        for (const auto& receipt : bench.client.enqueue_many(jobs))
            ids.push_back(receipt.id);
        return ids;
    }
    [[nodiscard]] bool waits(const JobId& id) {
        return eventually([&] { return bench.client.find(id)->awaits_signal == "go"; });
    }

    Bench bench;
    Worker worker{bench.store, slots(1)};
};

TEST_F(BatchWaitsTest, AWaitThatLeavesTheHandlerParksAllThatIsNotSettled) {
    handle_batch(worker, "job", [](std::span<BatchJob> jobs) {
        for (auto& one : jobs)
            if (one.context().args() == "[0]") one.settle(Outcome::done("\"settled before\""));
        for (auto& one : jobs)
            if (!one.is_settled()) (void)one.context().wait_signal("go", 24h);
    });
    const auto ids = add(4);
    worker.start();
    EXPECT_EQ(bench.ended(ids[0]).result, "\"settled before\"");
    for (const auto& id : {ids[1], ids[2], ids[3]})
        ASSERT_TRUE(waits(id));
    for (const auto& id : {ids[1], ids[2], ids[3]}) {
        EXPECT_EQ(bench.client.signal(id, "go"), SignalResult::delivered);
        const auto ended = bench.ended(id);
        EXPECT_EQ(ended.state, JobState::completed);
        EXPECT_EQ(ended.attempt, 1U);
        EXPECT_THAT(ended.errors, IsEmpty());
    }
    worker.stop();
}

TEST_F(BatchWaitsTest, AWaitForOneJobAloneLetsTheOthersEnd) {
    handle_batch(worker, "job", [](std::span<BatchJob> jobs) {
        for (auto& one : jobs) {
            const bool goes_on = one.alone([&](Context& context) {
                if (context.args() == "[1]") (void)context.wait_signal("go", 24h);
                if (context.args() == "[2]" && context.attempt() == 1) {
                    throw std::runtime_error("only this one");
                }
            });
            EXPECT_EQ(goes_on, !one.is_settled());
        }
    });
    const auto ids = add(4);
    worker.start();
    for (const auto& id : {ids[0], ids[2], ids[3]})
        EXPECT_EQ(bench.ended(id).state, JobState::completed);
    ASSERT_TRUE(waits(ids[1]));
    EXPECT_EQ(bench.client.find(ids[0])->errors.size(), 0U);
    EXPECT_EQ(bench.client.find(ids[2])->errors.at(0).message, "only this one");
    EXPECT_EQ(bench.client.signal(ids[1], "go"), SignalResult::delivered);
    EXPECT_EQ(bench.ended(ids[1]).state, JobState::completed);
    worker.stop();
}

}  // namespace
}  // namespace errand::test
