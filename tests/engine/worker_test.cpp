#include "engine/support.hpp"

#include <errand/boost_json.hpp>

#include <gmock/gmock.h>
#include <boost/describe.hpp>

#include <filesystem>
#include <fstream>
#include <set>
#include <stdexcept>

namespace errand::test {

struct Add {
    static constexpr std::string_view job_type = "add";
    static constexpr RetryPolicy retry = RetryPolicy::fixed(std::chrono::milliseconds{1});
    int left = 0;
    int right = 0;
};
BOOST_DESCRIBE_STRUCT(Add, (), (left, right))

struct Sum {
    int value = 0;
};
BOOST_DESCRIBE_STRUCT(Sum, (), (value))

namespace {

using testing::HasSubstr;

class WorkerTest : public testing::Test {
protected:
    /// Runs one job of type "job" with `handler` to its end.
    Job run(Worker::RawHandler handler, NewJob job = test::job("job")) {
        Worker worker{bench.store, slots(2)};
        worker.handle("job", std::move(handler));
        worker.start();
        return bench.ended(bench.add(std::move(job)));
    }

    Bench bench;
};

TEST_F(WorkerTest, KeepsTheResultOfAJob) {
    const auto job = run([](Context&) { return Outcome::done(R"({"n":12345678901234567890})"); });
    EXPECT_EQ(job.state, JobState::completed);
    EXPECT_EQ(job.result, R"({"n":12345678901234567890})");
    EXPECT_EQ(job.attempt, 1U);
    EXPECT_TRUE(job.errors.empty());
}

TEST_F(WorkerTest, GetsJobsWhoseLabelsItHas) {
    auto wanted = job("job");
    wanted.needs = {"ssd", "gpu"};
    const auto id = bench.add(wanted);
    EXPECT_EQ(run([](Context&) { return Outcome::done(); }).state, JobState::completed);
    EXPECT_EQ(bench.client.find(id)->state, JobState::available) << "nobody has its labels";
    auto options = slots(1);
    options.labels = {"ssd", "eu-west", "gpu", "ssd"};
    Worker worker{bench.store, options};
    worker.handle("job", [](Context&) { return Outcome::done(); });
    worker.start();
    EXPECT_EQ(bench.store->workers().at(0).info.labels,
              (std::vector<std::string>{"eu-west", "gpu", "ssd"}));
    EXPECT_EQ(bench.ended(id).state, JobState::completed);
}

TEST_F(WorkerTest, ABreakerLetsOneJobTryAndThenAll) {
    Limit limit{Scope::type("job")};
    limit.breaker = Breaker{.failures = 1, .open_for = 1s};
    bench.client.set_limit(limit);
    std::atomic<int> calls{0};
    Worker worker{bench.store, slots(1)};
    worker.handle("job", [&](Context&) {
        return ++calls > 1 ? Outcome::done() : Outcome::fail("it is down");
    });
    std::vector<JobId> ids;
    for (int i = 0; i < 5; ++i)
        ids.push_back(bench.add(job("job")));
    worker.start();
    for (const auto& id : ids)
        EXPECT_EQ(bench.ended(id).state, JobState::completed);
    EXPECT_EQ(calls, 6);
    EXPECT_FALSE(bench.client.limits().at(0).broken_until);
}

TEST_F(WorkerTest, ShowsTheHandlerItsJob) {
    auto wanted = job("job");
    wanted.args = R"([1, "two"])";
    wanted.meta = R"({"who":"me"})";
    wanted.max_attempts = 7;
    wanted.timeout = 1h;
    const auto id = wanted.id;
    const auto ended = run(
        [&](Context& context) {
            EXPECT_EQ(context.id(), id);
            EXPECT_EQ(context.type(), "job");
            EXPECT_EQ(context.queue(), "default");
            EXPECT_EQ(context.args(), R"([1, "two"])");
            EXPECT_EQ(context.meta(), R"({"who":"me"})");
            EXPECT_EQ(context.attempt(), 1U);
            EXPECT_EQ(context.max_attempts(), 7U);
            EXPECT_GE(context.lease_seq(), 1U);
            EXPECT_TRUE(context.deadline().has_value());
            EXPECT_FALSE(context.stop_requested());
            return Outcome::done();
        },
        wanted);
    EXPECT_EQ(ended.state, JobState::completed);
}

std::set<std::string> thread_names() {
    std::set<std::string> names;
    for (const auto& task : std::filesystem::directory_iterator{"/proc/self/task"}) {
        std::ifstream comm{task.path() / "comm"};
        if (std::string name; std::getline(comm, name)) names.insert(name);
    }
    return names;
}

TEST_F(WorkerTest, NamesItsThreads) {
    Worker worker{bench.store, slots(1)};
    worker.handle("job", [](Context&) { return Outcome::done(); });
    worker.start();
    // Each thread names itself, a moment after its start. Linux keeps 15 bytes.
    for (const auto* name : {"errand:runner", "errand:claimer", "errand:settler", "errand:lease ke",
                             "errand:rescuer", "errand:promoter", "errand:pruner"}) {
        EXPECT_TRUE(eventually([&] { return thread_names().contains(name); })) << name;
    }
}

TEST_F(WorkerTest, RetriesUntilTheJobSucceeds) {
    const auto job = run([](Context& context) {
        if (context.attempt() < 3) throw std::runtime_error("not yet");
        return Outcome::done();
    });
    EXPECT_EQ(job.state, JobState::completed);
    EXPECT_EQ(job.attempt, 3U);
    ASSERT_EQ(job.errors.size(), 2U);
    EXPECT_EQ(job.errors[0].type, "std::runtime_error");
    EXPECT_EQ(job.errors[0].message, "not yet");
    EXPECT_EQ(job.errors[1].attempt, 2U);
}

TEST_F(WorkerTest, DiscardsAfterTheLastAttempt) {
    auto wanted = job("job");
    wanted.max_attempts = 2;
    const auto job = run([](Context&) -> Outcome { throw 42; }, wanted);
    EXPECT_EQ(job.state, JobState::discarded);
    EXPECT_EQ(job.attempt, 2U);
    ASSERT_EQ(job.errors.size(), 2U);
    EXPECT_EQ(job.errors[1].type, "unknown");
    EXPECT_EQ(job.errors[1].message, "unknown exception");
    EXPECT_FALSE(job.errors[1].worker.empty());
    EXPECT_FALSE(job.errors[1].host.empty());
}

TEST_F(WorkerTest, NamesTheCodeOfItsOwnErrors) {
    auto wanted = job("job");
    wanted.max_attempts = 1;
    const auto job =
        run([](Context&) -> Outcome { throw Error(ErrorCode::not_found, "no such file"); }, wanted);
    ASSERT_EQ(job.errors.size(), 1U);
    EXPECT_THAT(job.errors[0].type, HasSubstr("not_found"));
}

TEST_F(WorkerTest, SnoozeUsesNoAttempt) {
    std::atomic<int> runs{0};
    const auto job = run([&](Context& context) {
        EXPECT_EQ(context.attempt(), 1U);
        return ++runs == 3 ? Outcome::done() : Outcome::snooze(1ms);
    });
    EXPECT_EQ(job.state, JobState::completed);
    EXPECT_EQ(job.attempt, 1U);
    EXPECT_EQ(runs, 3);
}

TEST_F(WorkerTest, DoesWhatTheOutcomeSays) {
    EXPECT_EQ(run([](Context&) { return Outcome::discard("no use"); }).state, JobState::discarded);
    EXPECT_EQ(run([](Context&) { return Outcome::cancel(); }).state, JobState::cancelled);
    const auto job = run([](Context& context) {
        return context.attempt() == 1 ? Outcome::retry_in(1ms) : Outcome::done();
    });
    EXPECT_EQ(job.attempt, 2U);
}

TEST_F(WorkerTest, AResultThatIsNotJsonFailsTheAttempt) {
    auto wanted = job("job");
    wanted.max_attempts = 1;
    EXPECT_EQ(run([](Context&) { return Outcome::done("{oops"); }, wanted).state,
              JobState::discarded);
}

TEST_F(WorkerTest, PerformsTypedJobs) {
    Worker worker{bench.store, slots(2)};
    worker.handle<Add>([](const Add& add) { return Sum{add.left + add.right}; });
    worker.start();
    const auto receipt = bench.client.enqueue(Add{2, 3});
    EXPECT_EQ(bench.client.wait_for<Sum>(receipt.id, patience).value, 5);
}

TEST_F(WorkerTest, DiscardsArgumentsOfAnotherShape) {
    Worker worker{bench.store, slots(2)};
    worker.handle<Add>([](const Add&, Context&) {});
    worker.start();
    auto wrong = job("add");
    wrong.args = R"([{"left":"x"}])";
    const auto ended = bench.ended(bench.add(wrong));
    EXPECT_EQ(ended.state, JobState::discarded);
    EXPECT_EQ(ended.errors.at(0).type, "bad arguments");
}

TEST_F(WorkerTest, OnceRunsItsEffectOnceAcrossAttempts) {
    std::atomic<int> effects{0};
    const auto job = run([&](Context& context) {
        const auto value = context.once("charge", [&] { return std::to_string(++effects); });
        EXPECT_EQ(value, "1");
        if (context.attempt() == 1) throw std::runtime_error("after the effect");
        return Outcome::done(value);
    });
    EXPECT_EQ(job.result, "1");
    EXPECT_EQ(effects, 1);
}

TEST_F(WorkerTest, OnceRefusesWhatIsNotJson) {
    auto wanted = job("job");
    wanted.max_attempts = 1;
    const auto job = run(
        [](Context& context) {
            return Outcome::done(context.once("key", [] { return std::string{"{"}; }));
        },
        wanted);
    ASSERT_EQ(job.errors.size(), 1U);
    EXPECT_THAT(job.errors[0].message, HasSubstr("not JSON"));
}

TEST_F(WorkerTest, LogsAndTheLastProgressStayWithTheJob) {
    auto wanted = job("job");
    wanted.max_attempts = 1;
    const auto id = wanted.id;
    const auto job = run(
        [](Context& context) -> Outcome {
            context.progress(1, 3, "first");
            context.log("one line");
            context.progress(3, 3, std::string(1000, 'x'));
            throw std::runtime_error("at the end");
        },
        wanted);
    ASSERT_TRUE(job.progress);
    EXPECT_EQ(job.progress->current, 3U);
    EXPECT_LE(job.progress->message.size(), 255U);
    const auto logs = bench.client.logs(id);
    ASSERT_EQ(logs.size(), 1U);
    EXPECT_THAT(logs[0].text, HasSubstr("one line"));
    EXPECT_THAT(job.errors.at(0).log_tail, HasSubstr("one line"));
}

TEST_F(WorkerTest, ProgressAndLogShowWhileTheHandlerRuns) {
    Gate gate;
    Worker worker{bench.store, slots(1)};
    worker.handle("job", [&](Context& context) {
        context.progress(1, 2, "half");
        context.log("working");
        gate.pass();
        return Outcome::done();
    });
    worker.start();
    const auto id = bench.add(job("job"));
    EXPECT_TRUE(eventually([&] {
        return bench.client.find(id)->progress == Progress{1, 2, "half"};
    }));
    EXPECT_TRUE(eventually([&] { return !bench.client.logs(id).empty(); }));
    gate.open();
    EXPECT_EQ(bench.ended(id).state, JobState::completed);
}

TEST_F(WorkerTest, StartsADelayedJobWhenItIsDue) {
    auto later = job("job");
    later.delay = 50ms;
    const auto ended = run([](Context&) { return Outcome::done(); }, later);
    ASSERT_TRUE(ended.started_at);
    EXPECT_GE(*ended.started_at, ended.scheduled_at);
    EXPECT_GE(*ended.started_at - ended.created_at, 50ms);
}

TEST_F(WorkerTest, ServesItsQueuesOnly) {
    Worker worker{bench.store, {.queues = {{"a", 1}, {"b", 2}}}};
    worker.handle("job", [](Context&) { return Outcome::done(); });
    worker.start();
    const auto other = bench.add(job("job", "c"));
    EXPECT_EQ(bench.ended(bench.add(job("job", "a"))).state, JobState::completed);
    EXPECT_EQ(bench.ended(bench.add(job("job", "b"))).state, JobState::completed);
    EXPECT_EQ(bench.client.find(other)->state, JobState::available);
}

TEST_F(WorkerTest, DrainsManyJobsOnceEach) {
    constexpr int count = 20'000;
    std::atomic<int> runs{0};
    std::vector<NewJob> jobs(count, job("job"));
    for (auto& each : jobs)
        each.id = new_job_id();
    bench.client.enqueue_many(std::move(jobs));
    Worker worker{bench.store, slots(4, 2'000)};
    worker.handle("job", [&](Context&) {
        ++runs;
        return Outcome::done();
    });
    worker.start();
    EXPECT_TRUE(eventually([&] { return worker.activity().completed >= count; }));
    worker.stop();
    EXPECT_EQ(runs, count);
    EXPECT_EQ(bench.client.stats().states.at(JobState::completed), std::uint64_t{count});
    EXPECT_EQ(worker.activity().started, std::uint64_t{count});
    EXPECT_EQ(worker.activity().running, 0U);
}

TEST_F(WorkerTest, MayBeStartedAgainAfterAStop) {
    Worker worker{bench.store, slots(1)};
    worker.handle("job", [](Context&) { return Outcome::done(); });
    for (int round = 0; round < 3; ++round) {
        worker.start();
        EXPECT_THROW(worker.start(), Error);
        EXPECT_THROW(worker.handle("late", [](Context&) { return Outcome::done(); }), Error);
        EXPECT_EQ(bench.ended(bench.add(job("job"))).state, JobState::completed);
        worker.stop();
        EXPECT_TRUE(bench.store->workers().empty());
    }
}

std::string refusal(const WorkerOptions& options) {
    try {
        const Worker worker{open_store("memory:"), options};
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
        return error.what();
    }
    return "accepted";
}

TEST(WorkerOptionsTest, NamesTheFieldThatIsWrong) {
    EXPECT_THAT(refusal({.queues = {{"a", 0}}}), HasSubstr("queues.a.concurrency: 0"));
    EXPECT_THAT(refusal({.queues = {{"a", 1}, {"a", 1}}}), HasSubstr("twice"));
    EXPECT_THAT(refusal({.queues = {{"no good", 1}}}), HasSubstr("queue"));
    EXPECT_THAT(refusal({.queues = {{"a", 1}}, .groups = {{{{"a"}, {"b"}}}}}), HasSubstr("twice"));
    EXPECT_THAT(refusal({.groups = {QueueGroup{}}}), HasSubstr("a group of 0"));
    EXPECT_THAT(refusal({.lease = 10ms}), HasSubstr("lease: 10ms"));
    EXPECT_THAT(refusal({.grace = -1s}), HasSubstr("grace"));
    EXPECT_THAT(refusal({.crash_budget = 0}), HasSubstr("crash_budget: 0"));
    EXPECT_THAT(refusal({.prefetch = 70'000}), HasSubstr("prefetch: 70000"));
    EXPECT_EQ(refusal({}), "accepted");
}

TEST(WorkerOptionsTest, RefusesBadHandlers) {
    Worker worker{open_store("memory:")};
    const auto handler = [](Context&) { return Outcome::done(); };
    worker.handle("job", handler);
    EXPECT_THROW(worker.handle("job", handler), Error);
    EXPECT_THROW(worker.handle("", handler), Error);
    EXPECT_THROW(worker.handle("empty", Worker::RawHandler{}), Error);
    EXPECT_THROW(worker.handle("timeout", handler, {.retry = {}, .timeout = 0s}), Error);
    EXPECT_THROW(Worker{nullptr}, Error);
}

}  // namespace
}  // namespace errand::test
