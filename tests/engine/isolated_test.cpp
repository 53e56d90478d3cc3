#include "engine/support.hpp"

#include <errand/asio.hpp>
#include <errand/boost_json.hpp>
#include <errand/isolated.hpp>
#include <errand/workflow_builder.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <set>
#include <string>
#include <vector>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

namespace errand::test {

/// Not in the unnamed namespace: its name is to stand in the backtrace, where the program has it.
__attribute__((noinline)) void write_out_of_bounds(volatile int* where) {
    *where = 1;
}

namespace {

using testing::HasSubstr;

[[noreturn]] void loop_for_ever() {
    volatile std::uint64_t rounds = 0;
    for (;;)
        rounds = rounds + 1;
}

struct Square {
    static constexpr std::string_view job_type = "square";
    int number = 0;
};
BOOST_DESCRIBE_STRUCT(Square, (), (number))

class IsolatedTest : public testing::Test {
protected:
    Bench bench;
    Worker worker{bench.store, slots(1)};

    [[nodiscard]] static NewJob once(std::string type) {
        auto one = job(std::move(type));
        one.max_attempts = 1;
        return one;
    }
    /// Performs one job whose only attempt runs `handler`.
    [[nodiscard]] Job perform(Worker::RawHandler handler, IsolatedOptions options = {},
                              HandlerOptions handler_options = {}) {
        Isolated isolated{worker, options};
        isolated.handle("job", std::move(handler), std::move(handler_options));
        worker.start();
        const auto ended = bench.ended(bench.add(once("job")));
        worker.stop();
        return ended;
    }
    [[nodiscard]] bool has_progress(const JobId& id) {
        return bench.client.find(id)->progress.has_value();
    }
    [[nodiscard]] JobError error_of(const Job& ended) {
        EXPECT_EQ(ended.state, JobState::discarded);
        EXPECT_EQ(ended.errors.size(), 1U);
        return ended.errors.empty() ? JobError{} : ended.errors.front();
    }
};

TEST_F(IsolatedTest, PerformsInAnotherProcess) {
    Isolated isolated{worker};
    isolated.handle<Square>([](const Square& args) { return args.number * args.number; });
    isolated.handle("pid", [](Context&) { return Outcome::done(std::to_string(getpid())); });
    worker.start();
    EXPECT_EQ(bench.ended(bench.client.enqueue(Square{12}).id).result, "144");
    const auto pid = bench.ended(bench.add(job("pid"))).result;
    EXPECT_NE(pid, std::to_string(getpid()));
    EXPECT_FALSE(pid.empty());
    auto bad = job("square");
    bad.args = "[7]";
    EXPECT_EQ(bench.ended(bench.add(bad)).state, JobState::discarded);
    worker.stop();
    EXPECT_NE(kill(std::stoi(pid), 0), 0) << "the process ends with the worker";
}

TEST_F(IsolatedTest, EveryOutcomeComesBack) {
    Isolated isolated{worker};
    isolated.handle("job", [](Context& context) -> Outcome {
        switch (context.attempt()) {
            case 1:
                throw std::out_of_range("first");
            case 2:
                return Outcome::retry_in(1ms, "second");
            case 3:
                return Outcome::slow_down(1ms, "third");
            case 4:
                return Outcome::fail("fourth", "my type");
            default:
                return Outcome::discard("fifth", "enough");
        }
    });
    isolated.handle("cancels", [](Context&) { return Outcome::cancel("not wanted"); });
    worker.start();
    const auto ended = bench.ended(bench.add(job("job")));
    EXPECT_EQ(bench.ended(bench.add(job("cancels"))).state, JobState::cancelled);
    worker.stop();
    ASSERT_EQ(ended.errors.size(), 5U);
    EXPECT_EQ(ended.errors[0].type, "std::out_of_range");
    EXPECT_EQ(ended.errors[0].kind, FailureKind::error);
    EXPECT_EQ(ended.errors[1].message, "second");
    EXPECT_EQ(ended.errors[2].type, "slow_down");
    EXPECT_EQ(ended.errors[3].type, "my type");
    EXPECT_EQ(ended.errors[4].message, "fifth");
    EXPECT_EQ(ended.state, JobState::discarded);
}

TEST_F(IsolatedTest, TheContextIsThere) {
    Isolated isolated{worker, {.processes = 1}};
    isolated.handle("job",
                    [](Context& context) -> Outcome {
                        context.progress(3, 10, "reading");
                        context.log("first line");
                        context.log("second line");
                        if (context.attempt() == 1) return Outcome::fail("again");
                        const bool as_it_should_be =
                            context.type() == "job" && context.queue() == "default" &&
                            context.args() == R"(["x"])" && context.meta() == R"({"a":1})" &&
                            context.lease_seq() == 2 && context.max_attempts() == 20 &&
                            context.deadline() && !context.stop_requested() &&
                            !context.id().is_nil();
                        return Outcome::done(as_it_should_be ? "true" : "false");
                    },
                    {.timeout = 1h});
    worker.start();
    auto one = job("job");
    one.args = R"(["x"])";
    one.meta = R"({"a":1})";
    const auto ended = bench.ended(bench.add(one));
    worker.stop();
    EXPECT_EQ(ended.result, "true");
    EXPECT_EQ(ended.progress->current, 3U);
    EXPECT_EQ(ended.progress->message, "reading");
    const auto logs = bench.client.logs(ended.id);
    ASSERT_FALSE(logs.empty());
    EXPECT_THAT(logs.back().text, HasSubstr("first line\nsecond line"));
}

TEST_F(IsolatedTest, AnEffectRunsOnceAcrossAttempts) {
    Isolated isolated{worker, {.processes = 1}};
    isolated.handle("job", [](Context& context) -> Outcome {
        try {
            static_cast<void>(context.once("throws", []() -> std::string { throw 7; }));
        } catch (int) {
            context.log("it threw");
        }
        const auto attempt = std::to_string(context.attempt());
        const auto value = context.once("effect", [&] { return attempt; });
        if (context.attempt() < 3) return Outcome::fail("again");
        try {
            static_cast<void>(context.once("", [] { return std::string{"1"}; }));
        } catch (const Error& error) {
            if (error.code() == ErrorCode::invalid_argument) return Outcome::done(value);
        }
        return Outcome::fail("an empty key was let through");
    });
    worker.start();
    const auto ended = bench.ended(bench.add(job("job")));
    worker.stop();
    EXPECT_EQ(ended.result, "1");
    EXPECT_EQ(ended.attempt, 3U);
}

TEST_F(IsolatedTest, ASegmentationFaultCostsOneAttempt) {
    Isolated isolated{worker, {.processes = 1}};
    isolated.handle("job", [](Context& context) -> Outcome {
        if (context.attempt() == 1) write_out_of_bounds(reinterpret_cast<int*>(0x40));
        return Outcome::done();
    });
    worker.start();
    const auto ended = bench.ended(bench.add(job("job")));
    worker.stop();
    EXPECT_EQ(ended.state, JobState::completed);
    EXPECT_EQ(ended.attempt, 2U);
    ASSERT_EQ(ended.errors.size(), 1U);
    const auto& error = ended.errors.front();
    EXPECT_EQ(error.kind, FailureKind::crash);
    EXPECT_EQ(error.type, "SIGSEGV");
    EXPECT_THAT(error.message, HasSubstr("SIGSEGV (Segmentation fault) at address 0x40"));
    EXPECT_THAT(error.backtrace, HasSubstr("#0 handler_kind_tests "));
    EXPECT_THAT(error.backtrace, HasSubstr("write_out_of_bounds(int volatile*)+0x"));
    EXPECT_THAT(error.backtrace, HasSubstr("\n#3 "));
    EXPECT_EQ(worker.activity().failed, 1U);
}

TEST_F(IsolatedTest, AnAbortCostsOneAttempt) {
    const auto error = error_of(perform([](Context&) -> Outcome { std::abort(); }));
    EXPECT_EQ(error.kind, FailureKind::crash);
    EXPECT_EQ(error.type, "SIGABRT");
    EXPECT_THAT(error.backtrace, HasSubstr("abort"));
}

TEST_F(IsolatedTest, AStackOverflowHasABacktraceToo) {
    if (sanitized) GTEST_SKIP() << "the sanitizer has a stack of its own";
    struct Deep {
        static int dive(volatile int* depth) {
            volatile int local = *depth + 1;
            return local < 0 ? 0 : dive(&local) + local;
        }
    };
    const auto error = error_of(perform([](Context&) -> Outcome {
        volatile int depth = 0;
        return Outcome::done(std::to_string(Deep::dive(&depth)));
    }));
    EXPECT_EQ(error.type, "SIGSEGV");
    EXPECT_FALSE(error.backtrace.empty());
}

TEST_F(IsolatedTest, LeavingTheProcessIsACrash) {
    const auto error = error_of(perform([](Context&) -> Outcome { _exit(3); }));
    EXPECT_EQ(error.kind, FailureKind::crash);
    EXPECT_EQ(error.type, "exit 3");
    EXPECT_TRUE(error.backtrace.empty());
}

TEST_F(IsolatedTest, BeingKilledFromOutsideIsACrash) {
    const auto error = error_of(perform([](Context&) -> Outcome {
        kill(getpid(), SIGKILL);
        return Outcome::done();
    }));
    EXPECT_EQ(error.kind, FailureKind::crash);
    EXPECT_EQ(error.type, "SIGKILL");
    EXPECT_THAT(error.message, HasSubstr("not by this worker"));
}

TEST_F(IsolatedTest, ALoopWithoutEndIsKilledAfterItsTimeout) {
    const auto error = error_of(perform([](Context&) -> Outcome { loop_for_ever(); },
                                        {.kill_after = 1ms}, {.timeout = 5ms}));
    EXPECT_EQ(error.kind, FailureKind::timeout);
    EXPECT_THAT(error.message, HasSubstr("killed"));
}

TEST_F(IsolatedTest, AHandlerThatHeedsItsTimeoutIsNotKilled) {
    const auto error = error_of(perform(
        [](Context& context) -> Outcome {
            wait_for_stop(context);
            if (context.stop_reason() != StopReason::timed_out) _exit(4);
            return Outcome::fail("it heard the bell");
        },
        {.kill_after = 1min}, {.timeout = 5ms}));
    EXPECT_EQ(error.kind, FailureKind::timeout);
    EXPECT_THAT(error.message, HasSubstr("it heard the bell"));
}

TEST_F(IsolatedTest, ACancelReachesTheProcess) {
    Isolated isolated{worker, {.kill_after = 1min}};
    isolated.handle("job", [](Context& context) -> Outcome {
        context.progress(1, 1);
        while (!context.stop_requested())
            std::this_thread::yield();
        return Outcome::fail("stopped");
    });
    worker.start();
    const auto id = bench.add(job("job"));
    EXPECT_TRUE(eventually([&] { return has_progress(id); }));
    bench.client.cancel(id);
    EXPECT_EQ(bench.ended(id).state, JobState::cancelled);
    worker.stop();
}

TEST_F(IsolatedTest, AStopKillsWhatDoesNotReturnAndGivesItsJobBack) {
    auto options = slots(1);
    options.grace = 0s;
    options.stop_timeout = patience;
    Worker impatient{bench.store, options};
    Isolated isolated{impatient, {.kill_after = 1ms}};
    isolated.handle("job", [](Context& context) -> Outcome {
        context.progress(1, 1);
        loop_for_ever();
    });
    impatient.start();
    const auto id = bench.add(job("job"));
    EXPECT_TRUE(eventually([&] { return has_progress(id); }));
    impatient.stop();
    const auto stopped = bench.client.find(id);
    EXPECT_EQ(stopped->state, JobState::available);
    EXPECT_EQ(stopped->attempt, 0U);
    EXPECT_EQ(stopped->interruptions, 1U);
}

TEST_F(IsolatedTest, MemoryIsBounded) {
    if (sanitized) GTEST_SKIP() << "the sanitizer needs the memory itself";
    const auto error = error_of(perform(
        [](Context&) -> Outcome {
            std::vector<std::vector<char>> hoard;
            for (;;)
                hoard.emplace_back(1U << 20, 'x');
        },
        {.memory_bytes = 64U << 20}));
    EXPECT_EQ(error.kind, FailureKind::error) << "an exception, which costs no process";
    EXPECT_EQ(error.type, "std::bad_alloc");
}

TEST_F(IsolatedTest, ProcessorTimeIsBoundedPerAttempt) {
    Isolated isolated{worker, {.processes = 1, .cpu_seconds = 1}};
    isolated.handle("quick", [](Context&) { return Outcome::done(std::to_string(getpid())); });
    isolated.handle("endless", [](Context&) -> Outcome { loop_for_ever(); });
    worker.start();
    EXPECT_EQ(bench.ended(bench.add(job("quick"))).state, JobState::completed);
    const auto error = error_of(bench.ended(bench.add(once("endless"))));
    EXPECT_EQ(bench.ended(bench.add(job("quick"))).state, JobState::completed);
    worker.stop();
    EXPECT_EQ(error.type, "SIGXCPU");
    EXPECT_THAT(error.message, HasSubstr("more than its 1 s of processor time"));
}

TEST_F(IsolatedTest, AProcessMakesRoomAfterSoManyJobs) {
    Isolated isolated{worker, {.processes = 1, .jobs_per_process = 5}};
    isolated.handle("job", [](Context&) { return Outcome::done(std::to_string(getpid())); });
    std::vector<JobId> ids;
    for (int i = 0; i < 50; ++i)
        ids.push_back(bench.add(job("job")));
    worker.start();
    std::map<std::string, int> per_process;
    for (const auto& id : ids)
        ++per_process[bench.ended(id).result];
    worker.stop();
    EXPECT_GE(per_process.size(), 2U);
    EXPECT_EQ(worker.activity().failed, 0U);
}

TEST_F(IsolatedTest, AProcessThatHasGrownMakesRoom) {
    Isolated isolated{worker, {.processes = 1, .recycle_bytes = 1}};
    isolated.handle("job", [](Context&) { return Outcome::done(std::to_string(getpid())); });
    worker.start();
    std::set<std::string> processes;
    for (int i = 0; i < 5; ++i)
        processes.insert(bench.ended(bench.add(job("job"))).result);
    worker.stop();
    EXPECT_EQ(processes.size(), 5U);
}

// Whatever dies, every job ends once, and only those that crashed were tried again.
TEST_F(IsolatedTest, CrashesAmongManyShortJobsHitOnlyTheirOwn) {
    constexpr int count = 600;
    Isolated isolated{worker, {.processes = 2, .jobs_per_process = 97}};
    isolated.handle("job", [](Context& context) -> Outcome {
        const int number = std::stoi(std::string{context.args().substr(1)});
        if (number % 50 == 7 && context.attempt() == 1) std::abort();
        return Outcome::done(std::to_string(number));
    });
    std::vector<NewJob> jobs;
    for (int i = 0; i < count; ++i) {
        jobs.push_back(job("job"));
        jobs.back().args = "[" + std::to_string(i) + "]";
    }
    const auto receipts = bench.client.enqueue_many(jobs);
    worker.start();
    for (int i = 0; i < count; ++i) {
        const auto ended = bench.ended(receipts[static_cast<std::size_t>(i)].id);
        EXPECT_EQ(ended.result, std::to_string(i));
        EXPECT_EQ(ended.attempt, i % 50 == 7 ? 2U : 1U) << "job " << i;
    }
    worker.stop();
}

TEST_F(IsolatedTest, ProcessesHoldNoFileOfTheProgram) {
    const int open_file = open("/dev/null", O_RDONLY);  // without O_CLOEXEC
    ASSERT_GE(open_file, 0);
    const auto ended = perform([open_file](Context&) {
        return Outcome::done(fcntl(open_file, F_GETFD) < 0 ? "\"closed\"" : "\"open\"");
    });
    close(open_file);
    // Descriptor 3 is the process's own socket.
    EXPECT_EQ(ended.result, open_file == 3 ? "\"open\"" : "\"closed\"");
}

TEST_F(IsolatedTest, LivesBesideCoroutinesAndStartsAgain) {
    Coroutines coroutines{worker};
    coroutines.handle("coroutine", [](Context&) -> boost::asio::awaitable<Outcome> {
        co_return Outcome::done();
    });
    Isolated one{worker, {.processes = 1}};
    one.handle("one", [](Context&) { return Outcome::done(); });
    Isolated other{worker, {.processes = 1}};
    other.handle("other", [](Context&) { return Outcome::done(); });
    for (int round = 0; round < 3; ++round) {
        worker.start();
        for (const auto* type : {"coroutine", "one", "other"})
            EXPECT_EQ(bench.ended(bench.add(job(type))).state, JobState::completed) << type;
        worker.stop();
    }
    EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1) << "no process is left behind";
}

TEST_F(IsolatedTest, RefusesWhatMakesNoSense) {
    EXPECT_THROW(Isolated(worker, {.processes = 0}), Error);
    EXPECT_THROW(Isolated(worker, {.processes = 257}), Error);
    EXPECT_THROW(Isolated(worker, {.kill_after = -1s}), Error);
    Isolated isolated{worker};
    EXPECT_THROW(isolated.handle("job", Worker::RawHandler{}), Error);
}

TEST_F(IsolatedTest, ReachesItsWorkflow) {
    worker.handle("plain", [](Context&) { return Outcome::done("21"); });
    Isolated isolated{worker};
    isolated.handle("split", [](Context& context) {
        const auto number = context.parent_result<int>("first");
        const auto added =
            context.add_to_workflow({{"last", job("sum"), {{context.workflow_job()}}}});
        return Outcome::done(std::to_string(number * static_cast<int>(added.size()) * 2));
    });
    isolated.handle("sum", [](Context& context) {
        return Outcome::done('"' + to_string(context.workflow().value()) + ' ' +
                             context.parent_result_json("middle") + '"');
    });
    worker.start();
    WorkflowBuilder builder;
    const auto first = builder.add("first", job("plain"));
    builder.add("middle", job("split")).after(first);
    const auto id = bench.client.submit(builder.build());
    const auto view = bench.client.wait_workflow(id, patience);
    ASSERT_TRUE(view && view->state != WorkflowState::running);
    EXPECT_EQ(view->state, WorkflowState::completed);
    const auto jobs = bench.client.workflow_jobs(id);
    ASSERT_EQ(jobs.size(), 3U);
    EXPECT_EQ(bench.client.find(jobs[2].id)->result, '"' + to_string(id) + " 42\"");
    worker.stop();
}

TEST_F(IsolatedTest, OutsideOfAWorkflowNothingCanBeAdded) {
    const auto ended = perform([](Context& context) {
        if (context.workflow()) return Outcome::done();
        return context.add_to_workflow({{"more", job("more")}}).empty() ? Outcome::done()
                                                                        : Outcome::cancel("");
    });
    EXPECT_THAT(error_of(ended).message, HasSubstr("belongs to no workflow"));
}

}  // namespace
}  // namespace errand::test
