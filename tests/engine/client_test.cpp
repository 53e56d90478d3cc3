#include "engine/support.hpp"

#include <gmock/gmock.h>

namespace errand::test {
namespace {

using testing::HasSubstr;

class ClientTest : public testing::Test {
protected:
    Bench bench;

    template <class F>
    static std::optional<ErrorCode> error_of(F call) {
        try {
            static_cast<void>(call());
        } catch (const Error& error) {
            return error.code();
        }
        return {};
    }
};

TEST_F(ClientTest, RefusesBadInputBeforeTheStoreSeesIt) {
    EXPECT_EQ(error_of([&] { return bench.client.enqueue(job("")); }), ErrorCode::invalid_argument);
    std::vector<NewJob> jobs{job("good"), job("bad", "no queue")};
    EXPECT_EQ(error_of([&] { return bench.client.enqueue_many(jobs); }),
              ErrorCode::invalid_argument);
    EXPECT_TRUE(bench.client.list().jobs.empty());
}

TEST_F(ClientTest, WrapsALoneObjectAndMakesIds) {
    auto wanted = job("job");
    wanted.id = {};
    wanted.args = R"({"a":1})";
    const auto id = bench.add(wanted);
    EXPECT_FALSE(id.is_nil());
    EXPECT_EQ(bench.client.find(id)->args, R"([{"a":1}])");
}

TEST_F(ClientTest, SplitsManyJobsIntoBatches) {
    Limits limits;
    limits.batch = 3;
    Client client{bench.store, limits};
    std::vector<NewJob> jobs;
    for (int i = 0; i < 10; ++i)
        jobs.push_back(job("job"));
    const auto receipts = client.enqueue_many(jobs);
    ASSERT_EQ(receipts.size(), 10U);
    for (std::size_t i = 0; i < jobs.size(); ++i)
        EXPECT_EQ(receipts[i].id, jobs[i].id);
    EXPECT_EQ(client.enqueue_many(jobs).front().kind, InsertResult::Kind::already_there);
    EXPECT_EQ(client.stats().states.at(JobState::available), 10U);
}

TEST_F(ClientTest, WaitsForTheEndOrTheTimeout) {
    const auto id = bench.add(job("job"));
    EXPECT_FALSE(bench.client.wait(id, 0s));
    EXPECT_FALSE(bench.client.wait(id, 20ms));
    std::jthread ending{[&] { static_cast<void>(bench.client.cancel(id)); }};
    const auto ended = bench.client.wait(id, patience);
    ASSERT_TRUE(ended);
    EXPECT_EQ(ended->state, JobState::cancelled);
}

TEST_F(ClientTest, WaitingForAResultSaysWhyThereIsNone) {
    const auto id = bench.add(job("job"));
    EXPECT_EQ(error_of([&] { return bench.client.wait_for_result(id, 0s); }), ErrorCode::timed_out);
    static_cast<void>(bench.client.cancel(id));
    EXPECT_EQ(error_of([&] { return bench.client.wait_for_result(id, 0s); }), ErrorCode::conflict);
    EXPECT_EQ(error_of([&] { return bench.client.wait_for_result(new_job_id(), 0s); }),
              ErrorCode::not_found);
    EXPECT_EQ(error_of([&] { return bench.client.wait(id, -1s); }), ErrorCode::invalid_argument);
}

TEST_F(ClientTest, ControlsJobsAndQueues) {
    const auto id = bench.add(job("job"));
    EXPECT_EQ(bench.client.cancel(id), ControlResult::done);
    EXPECT_EQ(bench.client.retry(id), ControlResult::done);
    EXPECT_EQ(bench.client.remove(id), ControlResult::done);
    EXPECT_EQ(bench.client.remove(id), ControlResult::not_found);
    bench.client.pause("default");
    EXPECT_TRUE(bench.client.stats().queues.at("default").paused);
    bench.client.resume("default");
    EXPECT_EQ(error_of([&] {
                  bench.client.pause("no queue");
                  return 0;
              }),
              ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace errand::test
