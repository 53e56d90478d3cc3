#include "engine/support.hpp"

#include <errand/batch.hpp>
#include <errand/standard_hooks.hpp>
#include <errand/trace.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace errand::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr auto some_trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// Remembers in which order things happened.
class Diary {
public:
    void note(std::string what) {
        const std::lock_guard lock{mutex_};
        lines_.push_back(std::move(what));
    }
    [[nodiscard]] std::vector<std::string> lines() const {
        const std::lock_guard lock{mutex_};
        return lines_;
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::string> lines_;
};

class HooksTest : public testing::Test {
protected:
    Bench bench;
    Diary diary;

    [[nodiscard]] PerformHook noting(const std::string& name) {
        return [this, name](Context&) -> AfterPerform {
            diary.note(name + " begins");
            return [this, name](Outcome&) { diary.note(name + " ends"); };
        };
    }
    [[nodiscard]] Job perform_one(Worker& worker) {
        auto one = job("job");
        one.max_attempts = 1;
        worker.start();
        const auto ended = bench.ended(bench.add(one));
        worker.stop();
        return ended;
    }
};

TEST_F(HooksTest, TheFirstOneIsOutermost) {
    Worker worker{bench.store, slots(1)};
    worker.add_hook("outer", noting("outer"));
    worker.add_hook("silent", [](Context&) -> AfterPerform { return {}; });
    worker.add_hook("inner", noting("inner"));
    worker.handle("job", [&](Context&) {
        diary.note("handler");
        return Outcome::done();
    });
    EXPECT_EQ(perform_one(worker).state, JobState::completed);
    EXPECT_THAT(diary.lines(),
                ElementsAre("outer begins", "inner begins", "handler", "inner ends", "outer ends"));
}

TEST_F(HooksTest, StandAroundOtherKindsOfHandlerToo) {
    Worker worker{bench.store, slots(1)};
    worker.add_hook("outer", noting("outer"));
    handle_batch(worker, "job", [&](std::span<BatchJob>) { diary.note("handler"); });
    EXPECT_EQ(perform_one(worker).state, JobState::completed);
    EXPECT_THAT(diary.lines(), ElementsAre("outer begins", "handler", "outer ends"));
}

TEST_F(HooksTest, OneThatThrowsBeforeTheHandlerFailsTheAttemptAndSaysItsName) {
    Worker worker{bench.store, slots(1)};
    worker.add_hook("outer", noting("outer"));
    worker.add_hook("quota", [](Context&) -> AfterPerform { throw std::runtime_error("used up"); });
    worker.add_hook("inner", noting("inner"));
    worker.handle("job", [&](Context&) {
        diary.note("handler");
        return Outcome::done();
    });
    const auto ended = perform_one(worker);
    EXPECT_EQ(ended.state, JobState::discarded);
    ASSERT_EQ(ended.errors.size(), 1U);
    EXPECT_EQ(ended.errors[0].type, "hook");
    EXPECT_THAT(ended.errors[0].message, HasSubstr("quota"));
    EXPECT_THAT(ended.errors[0].message, HasSubstr("used up"));
    EXPECT_THAT(diary.lines(), ElementsAre("outer begins", "outer ends"));
}

TEST_F(HooksTest, OneThatThrowsAfterTheHandlerFailsTheAttempt) {
    Worker worker{bench.store, slots(1)};
    std::string seen;
    worker.add_hook("outer", [&](Context&) -> AfterPerform {
        return [&](Outcome& outcome) { seen = outcome.error_type(); };
    });
    worker.add_hook("audit", [](Context&) -> AfterPerform {
        return [](Outcome&) { throw std::runtime_error("the book is closed"); };
    });
    worker.handle("job", [](Context&) { return Outcome::done(); });
    const auto ended = perform_one(worker);
    EXPECT_EQ(ended.state, JobState::discarded);
    EXPECT_THAT(ended.errors.at(0).message, HasSubstr("audit"));
    EXPECT_EQ(seen, "hook");
}

TEST_F(HooksTest, OneThatThrowsFailsABatchedJobAlone) {
    Worker worker{bench.store, slots(1)};
    worker.add_hook("odd ones out", [](Context& context) -> AfterPerform {
        if (context.args() == "[1]") throw std::runtime_error("odd");
        return {};
    });
    handle_batch(worker, "job", [](std::span<BatchJob> jobs) {
        for (const auto& each : jobs)
            EXPECT_NE(each.context().args(), "[1]");
    });
    auto even = job("job");
    even.args = "[2]";
    auto odd = job("job");
    odd.args = "[1]";
    odd.max_attempts = 1;
    const auto odd_id = bench.add(odd);
    const auto even_id = bench.add(even);
    worker.start();
    EXPECT_EQ(bench.ended(odd_id).state, JobState::discarded);
    EXPECT_EQ(bench.ended(even_id).state, JobState::completed);
    worker.stop();
}

TEST_F(HooksTest, AnOutcomeCanBeReplaced) {
    Worker worker{bench.store, slots(1)};
    worker.add_hook("forgiving", [](Context&) -> AfterPerform {
        return [](Outcome& outcome) {
            if (outcome.kind() == Outcome::Kind::fail) outcome = Outcome::done("\"forgiven\"");
        };
    });
    worker.handle("job", [](Context&) { return Outcome::fail("no"); });
    EXPECT_EQ(perform_one(worker).result, "\"forgiven\"");
}

TEST_F(HooksTest, AreRefusedWithoutANameOrAFunction) {
    Worker worker{bench.store, slots(1)};
    EXPECT_THROW(worker.add_hook("", noting("x")), Error);
    EXPECT_THROW(worker.add_hook("empty", PerformHook{}), Error);
    worker.handle("job", [](Context&) { return Outcome::done(); });
    worker.start();
    EXPECT_THROW(worker.add_hook("late", noting("x")), Error);
    worker.stop();
    EXPECT_THROW(bench.client.add_hook("", [](NewJob&) { return AfterEnqueue{}; }), Error);
    EXPECT_THROW(bench.client.add_hook("a\nb", [](NewJob&) { return AfterEnqueue{}; }), Error);
    EXPECT_THROW(bench.client.add_hook("empty", EnqueueHook{}), Error);
}

TEST_F(HooksTest, OfAClientStandAroundEachJobOfABatch) {
    for (const std::string name : {"outer", "inner"}) {
        bench.client.add_hook(name, [this, name](NewJob& each) -> AfterEnqueue {
            diary.note(name + " before " + each.type);
            each.tags.push_back(name);
            return [this, name, type = each.type](const Receipt* receipt) {
                diary.note(name + (receipt ? " after " : " not added ") + type);
            };
        });
    }
    const auto receipts = bench.client.enqueue_many({job("a"), job("b")});
    EXPECT_THAT(diary.lines(),
                ElementsAre("outer before a", "inner before a", "outer before b", "inner before b",
                            "inner after a", "outer after a", "inner after b", "outer after b"));
    EXPECT_THAT(bench.client.find(receipts[0].id)->tags, ElementsAre("outer", "inner"));
}

TEST_F(HooksTest, OfACopyAreItsOwn) {
    auto copy = bench.client;
    copy.add_hook("copy", [this](NewJob&) -> AfterEnqueue {
        diary.note("copy");
        return {};
    });
    static_cast<void>(bench.client.enqueue(job("a")));
    EXPECT_TRUE(diary.lines().empty());
    static_cast<void>(copy.enqueue(job("a")));
    EXPECT_THAT(diary.lines(), ElementsAre("copy"));
}

TEST_F(HooksTest, OfAClientThatThrowLetNothingIn) {
    bench.client.add_hook("outer", [this](NewJob&) -> AfterEnqueue {
        return [this](const Receipt* receipt) { diary.note(receipt ? "added" : "not added"); };
    });
    bench.client.add_hook("policy", [](NewJob& each) -> AfterEnqueue {
        if (each.type == "bad") throw Error(ErrorCode::limit_exceeded, "too many of them");
        return {};
    });
    try {
        bench.client.enqueue_many({job("good"), job("bad")});
        FAIL() << "it was let in";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::limit_exceeded);
        EXPECT_THAT(error.what(), HasSubstr("policy"));
        EXPECT_THAT(error.what(), HasSubstr("too many of them"));
    }
    EXPECT_THAT(diary.lines(), ElementsAre("not added", "not added"));
    EXPECT_EQ(bench.client.stats().states.at(JobState::available), 0U);
}

TEST_F(HooksTest, OfAClientThatThrowAfterwardsSayThatTheJobIsThere) {
    bench.client.add_hook("audit", [](NewJob&) -> AfterEnqueue {
        return [](const Receipt*) { throw std::runtime_error("the book is closed"); };
    });
    const auto one = job("a");
    try {
        bench.client.enqueue(one);
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::conflict);
        EXPECT_THAT(error.what(), HasSubstr("audit"));
        EXPECT_THAT(error.what(), HasSubstr(to_string(one.id)));
    }
    EXPECT_TRUE(bench.client.find(one.id));
}

TEST_F(HooksTest, OfAClientHearThatTheJobWasRefused) {
    bench.client.add_hook("witness", [this](NewJob&) -> AfterEnqueue {
        return [this](const Receipt* receipt) { diary.note(receipt ? "added" : "not added"); };
    });
    auto bad = job("a");
    bad.args = "no JSON";
    EXPECT_THROW(bench.client.enqueue(bad), Error);
    EXPECT_THAT(diary.lines(), ElementsAre("not added"));
}

TEST_F(HooksTest, AttemptsAreLogged) {
    Worker worker{bench.store, slots(1)};
    std::vector<std::pair<LogLevel, std::string>> lines;
    worker.add_hook("log", log_attempts([&](LogLevel level, std::string_view line) {
                        lines.emplace_back(level, line);
                    }));
    worker.handle("job", [](Context& context) -> Outcome {
        if (context.attempt() == 1) throw std::runtime_error("secret words");
        return Outcome::done();
    });
    worker.start();
    const auto id = bench.add(job("job"));
    EXPECT_EQ(bench.ended(id).state, JobState::completed);
    worker.stop();
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[0].first, LogLevel::warning);
    EXPECT_THAT(lines[0].second, HasSubstr("job " + to_string(id) +
                                           " job attempt 1 of 20: failed (std::runtime_error) in"));
    EXPECT_THAT(lines[0].second, testing::Not(HasSubstr("secret")));
    EXPECT_EQ(lines[1].first, LogLevel::info);
    EXPECT_THAT(lines[1].second, HasSubstr("attempt 2 of 20: done in"));
}

TEST_F(HooksTest, EnqueuesAreLogged) {
    std::vector<std::string> lines;
    bench.client.add_hook(
        "log", log_enqueues([&](LogLevel, std::string_view line) { lines.emplace_back(line); }));
    auto one = job("a");
    one.unique_key = "u";
    auto other = one;
    other.id = new_job_id();
    bench.client.enqueue(one);
    bench.client.enqueue(other);
    EXPECT_THAT(lines, ElementsAre("job " + to_string(one.id) + " a: enqueued in default",
                                   "job " + to_string(other.id) + " a: job " + to_string(one.id) +
                                       " stands for it"));
}

TEST_F(HooksTest, MetricsCountByType) {
    JobMetrics metrics;
    bench.client.add_hook("metrics", metrics.enqueue_hook());
    Worker worker{bench.store, slots(2)};
    worker.add_hook("metrics", metrics.perform_hook());
    worker.handle("good", [&](Context&) {
        EXPECT_GE(metrics.by_type().at("good").running, 1U);
        return Outcome::done();
    });
    worker.handle("bad", [](Context&) { return Outcome::discard("no"); });
    worker.start();
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(bench.ended(bench.add(job("good"))).state, JobState::completed);
    EXPECT_EQ(bench.ended(bench.add(job("bad"))).state, JobState::discarded);
    worker.stop();
    const auto by_type = metrics.by_type();
    EXPECT_EQ(by_type.at("good").enqueued, 3U);
    EXPECT_EQ(by_type.at("good").done, 3U);
    EXPECT_EQ(by_type.at("good").running, 0U);
    EXPECT_EQ(by_type.at("bad").discarded, 1U);
    const auto text = metrics.prometheus();
    EXPECT_THAT(text, HasSubstr(R"(errand_type_enqueued_total{type="good",result="added"} 3)"));
    EXPECT_THAT(text, HasSubstr(R"(errand_type_attempts_total{type="bad",outcome="discard"} 1)"));
    EXPECT_THAT(text, HasSubstr(R"(errand_type_attempt_seconds_bucket{type="good",le="+Inf"} 3)"));
}

TEST_F(HooksTest, MetricsAreBounded) {
    JobMetrics metrics;
    const auto hook = metrics.enqueue_hook();
    for (int i = 0; i < 1'500; ++i) {
        auto each = job("type" + std::to_string(i));
        const Receipt receipt{each.id};
        hook(each)(&receipt);
    }
    EXPECT_EQ(metrics.by_type().size(), 1'001U);
    EXPECT_EQ(metrics.by_type().at("(others)").enqueued, 500U);
}

TEST_F(HooksTest, ATraceGoesAlongFromJobToJob) {
    bench.client.add_hook("trace", propagate_trace());
    Worker worker{bench.store, slots(1)};
    worker.add_hook("trace", continue_trace());
    JobId child;
    worker.handle("parent", [&](Context& context) {
        EXPECT_EQ(current_trace(), trace_of(context));
        child = bench.add(job("child"));
        return Outcome::done();
    });
    JobId parent;
    {
        const TraceScope scope{some_trace};
        parent = bench.add(job("parent"));
    }
    EXPECT_EQ(current_trace(), "");
    worker.start();
    EXPECT_EQ(bench.ended(parent).state, JobState::completed);
    worker.stop();
    const auto trace_in = [&](const JobId& id) {
        const auto meta = bench.client.find(id)->meta;
        return meta.substr(meta.find("00-"), 55);
    };
    const std::string first = trace_in(parent);
    const std::string second = trace_in(child);
    constexpr std::size_t trace_length = 36;
    EXPECT_EQ(first.substr(0, trace_length), std::string{some_trace}.substr(0, trace_length));
    EXPECT_EQ(second.substr(0, trace_length), first.substr(0, trace_length));
    EXPECT_NE(first, some_trace) << "an enqueue is a span of its own";
    EXPECT_NE(second, first);
}

TEST_F(HooksTest, ATraceThatTheJobBringsIsKept) {
    bench.client.add_hook("trace", propagate_trace());
    const TraceScope scope{some_trace};
    auto own = job("a");
    own.meta = R"({"traceparent":"00-11111111111111111111111111111111-2222222222222222-00"})";
    EXPECT_EQ(bench.client.find(bench.add(own))->meta, own.meta);
    auto with_meta = job("a");
    with_meta.meta = R"( {"tenant": 7})";
    EXPECT_THAT(bench.client.find(bench.add(with_meta))->meta,
                testing::MatchesRegex(R"(\{"traceparent":"00-[-0-9a-f]*","tenant": 7\})"));
}

// Coroutines, batches and isolated handlers have no thread for themselves.
TEST_F(HooksTest, AThreadThatJobsShareDoesNotWorkForOneOfThem) {
    Worker worker{bench.store, slots(1)};
    worker.add_hook("trace", continue_trace());
    handle_batch(worker, "job", [](std::span<BatchJob> jobs) {
        EXPECT_EQ(current_trace(), "");
        EXPECT_EQ(trace_of(jobs.front().context()), some_trace);
    });
    auto one = job("job");
    one.meta = R"({"traceparent":")" + std::string{some_trace} + R"("})";
    worker.start();
    EXPECT_EQ(bench.ended(bench.add(one)).state, JobState::completed);
    worker.stop();
}

TEST_F(HooksTest, WithoutATraceNothingIsAdded) {
    bench.client.add_hook("trace", propagate_trace());
    EXPECT_EQ(bench.client.find(bench.add(job("a")))->meta, "");
    const TraceScope scope{"nonsense"};
    EXPECT_EQ(current_trace(), "");
    EXPECT_EQ(bench.client.find(bench.add(job("a")))->meta, "");
}

}  // namespace
}  // namespace errand::test
