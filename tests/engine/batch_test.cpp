#include "engine/support.hpp"

#include <errand/batch.hpp>
#include <errand/boost_json.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <vector>

namespace errand::test {
namespace {

struct Row {
    static constexpr std::string_view job_type = "row.insert";
    int number = 0;
};
BOOST_DESCRIBE_STRUCT(Row, (), (number))

class BatchTest : public testing::Test {
protected:
    Bench bench;
    Worker worker{bench.store, slots(1)};

    std::vector<JobId> add_rows(int count) {
        std::vector<JobId> ids;
        for (int i = 0; i < count; ++i)
            ids.push_back(bench.client.enqueue(Row{i}, {.retry = RetryPolicy::fixed(1ms)}).id);
        return ids;
    }
};

TEST_F(BatchTest, OneCallTakesAllThatIsThereUpToItsSize) {
    const auto ids = add_rows(25);
    std::mutex mutex;
    std::vector<std::size_t> sizes;
    handle_batch<Row>(worker,
                      [&](std::span<Batched<Row>> rows) {
                          const std::lock_guard lock{mutex};
                          sizes.push_back(rows.size());
                      },
                      {.size = 10});
    worker.start();
    for (const auto& id : ids)
        EXPECT_EQ(bench.ended(id).state, JobState::completed);
    worker.stop();
    EXPECT_EQ(*std::ranges::max_element(sizes), 10U);
    EXPECT_LT(sizes.size(), 25U);
    EXPECT_EQ(worker.activity().completed, 25U);
    EXPECT_EQ(worker.activity().started, 25U);
}

TEST_F(BatchTest, EachJobHasItsOwnOutcome) {
    const auto ids = add_rows(5);
    handle_batch<Row>(worker, [&](std::span<Batched<Row>> rows) {
        for (auto& row : rows) {
            const auto number = row.args().number;
            if (number == 0) row.settle(Outcome::done("\"first\""));
            if (number == 1) row.settle(Outcome::discard("not this one"));
            if (number == 2) row.settle(Outcome::cancel());
            if (number == 3) {
                row.settle(Outcome::done("3"));
                row.settle(Outcome::fail("the second call does not count"));
                EXPECT_TRUE(row.is_settled());
            }
        }
    });
    worker.start();
    EXPECT_EQ(bench.ended(ids[0]).result, "\"first\"");
    EXPECT_EQ(bench.ended(ids[1]).state, JobState::discarded);
    EXPECT_EQ(bench.ended(ids[2]).state, JobState::cancelled);
    EXPECT_EQ(bench.ended(ids[3]).result, "3");
    EXPECT_EQ(bench.ended(ids[4]).state, JobState::completed) << "not settled means done";
    worker.stop();
}

TEST_F(BatchTest, AnExceptionFailsWhatHasNoOutcomeYet) {
    const auto ids = add_rows(6);
    std::atomic<bool> thrown{false};
    handle_batch<Row>(worker, [&](std::span<Batched<Row>> rows) {
        if (thrown.exchange(true)) return;
        rows.front().settle(Outcome::done("\"settled before\""));
        throw std::runtime_error("the connection broke");
    });
    worker.start();
    std::vector<Job> ended;
    for (const auto& id : ids)
        ended.push_back(bench.ended(id));
    worker.stop();
    const auto before = [](const Job& job) { return job.result == "\"settled before\""; };
    ASSERT_EQ(std::ranges::count_if(ended, before), 1);
    for (const auto& job : ended) {
        EXPECT_EQ(job.state, JobState::completed);
        if (before(job) || job.errors.empty()) continue;
        EXPECT_EQ(job.errors.front().message, "the connection broke");
        EXPECT_EQ(job.errors.front().type, "std::runtime_error");
        EXPECT_EQ(job.attempt, 2U);
    }
    EXPECT_GE(std::ranges::count_if(ended, [](const Job& j) { return !j.errors.empty(); }), 1);
}

TEST_F(BatchTest, ArgumentsThatDoNotDecodeAreDiscardedAndNotInTheBatch) {
    auto bad = job("row.insert");
    bad.args = R"([{"number": "seven"}])";
    const auto id = bench.add(bad);
    const auto good = add_rows(1).front();
    handle_batch<Row>(worker, [&](std::span<Batched<Row>> rows) {
        ASSERT_EQ(rows.size(), 1U);
        EXPECT_EQ(rows.front().args().number, 0);
    });
    worker.start();
    EXPECT_EQ(bench.ended(id).state, JobState::discarded);
    EXPECT_EQ(bench.ended(id).errors.front().type, "bad arguments");
    EXPECT_EQ(bench.ended(good).state, JobState::completed);
    worker.stop();
}

TEST_F(BatchTest, DoesNotWaitForAThreadOfTheQueue) {
    Gate gate;
    worker.handle("blocker", [&](Context&) {
        gate.pass();
        return Outcome::done();
    });
    handle_batch<Row>(worker, [](std::span<Batched<Row>>) {});
    const auto blocker = bench.add(job("blocker"));
    worker.start();
    ASSERT_TRUE(gate.reached());
    EXPECT_EQ(bench.ended(add_rows(1).front()).state, JobState::completed);
    gate.open();
    EXPECT_EQ(bench.ended(blocker).state, JobState::completed);
    worker.stop();
}

TEST_F(BatchTest, ACancelReachesTheJobInTheBatch) {
    Gate gate;
    handle_batch<Row>(worker, [&](std::span<Batched<Row>> rows) {
        gate.arrive();
        wait_for_stop(rows.front().context());
        rows.front().settle(Outcome::fail("stopped"));
    });
    worker.start();
    const auto id = add_rows(1).front();
    ASSERT_TRUE(gate.reached());
    bench.client.cancel(id);
    EXPECT_EQ(bench.ended(id).state, JobState::cancelled);
    worker.stop();
}

TEST_F(BatchTest, RefusesWhatMakesNoSense) {
    const RawBatchHandler nothing = [](std::span<BatchJob>) {};
    EXPECT_THROW(handle_batch(worker, "t", nothing, {.size = 0}), Error);
    EXPECT_THROW(handle_batch(worker, "t", nothing, {.concurrency = 65}), Error);
    EXPECT_THROW(handle_batch(worker, "t", RawBatchHandler{}), Error);
    handle_batch(worker, "t", nothing);
    EXPECT_THROW(handle_batch(worker, "t", nothing), Error) << "each type once";
    handle_batch(worker, "u", nothing, {.size = 10'000, .concurrency = 64});
    EXPECT_THROW(worker.start(), Error) << "more places than a worker may lease";
}

}  // namespace
}  // namespace errand::test
