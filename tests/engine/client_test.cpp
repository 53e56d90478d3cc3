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

TEST_F(ClientTest, PausesScopesAndTellsByWhom) {
    bench.client.pause(Scope::type("job"), "ada");
    bench.client.pause("mail");
    bench.client.pause(Scope::global(), "bad \xff text");
    const auto pauses = bench.client.pauses();
    ASSERT_EQ(pauses.size(), 3U);
    EXPECT_EQ(pauses[0].by, "bad \uFFFD text");
    EXPECT_EQ(pauses[1].scope, Scope::queue("mail"));
    EXPECT_EQ(pauses[2].by, "ada");
    bench.client.resume(Scope::type("job"));
    bench.client.resume("mail");
    EXPECT_EQ(bench.client.pauses().size(), 1U);
    EXPECT_EQ(error_of([&] {
                  bench.client.pause(Scope::queue("no good"));
                  return 0;
              }),
              ErrorCode::invalid_argument);
}

TEST_F(ClientTest, SetsListsAndRemovesLimits) {
    bench.client.set_limit({Scope::queue("mail"), 3, Rate::parse("100/1m")});
    ASSERT_EQ(bench.client.limits().size(), 1U);
    EXPECT_EQ(bench.client.limits()[0].limit.concurrency, 3U);
    EXPECT_EQ(error_of([&] {
                  bench.client.set_limit({Scope::queue("mail"), 0, {}});
                  return 0;
              }),
              ErrorCode::invalid_argument);
    bench.client.remove_limit(Scope::queue("mail"));
    EXPECT_TRUE(bench.client.limits().empty());
}

TEST_F(ClientTest, KeepsQueueSettings) {
    QueueSettings settings;
    settings.order = QueueOrder::lifo;
    bench.client.set_queue_settings("undo", settings);
    EXPECT_EQ(bench.client.queue_settings().at("undo"), settings);
    settings.aging = 1min;
    EXPECT_EQ(error_of([&] {
                  bench.client.set_queue_settings("undo", settings);
                  return 0;
              }),
              ErrorCode::invalid_argument);
}

TEST_F(ClientTest, ExplainsAKeyThatIsHeldAndGivesItFree) {
    auto first = job("job");
    first.key = "acme";
    first.delay = 1h;
    auto second = job("job");
    second.key = "acme";
    const auto holder = bench.add(first);
    EXPECT_EQ(bench.client.explain(holder).reasons[0].code, ExplainCode::not_due);
    const auto blocked_by = [&](const JobId& id) { return bench.client.explain(id).reasons[0]; };

    // A retry waits with its turn, a first time without one.
    const auto waiting = bench.add(second);
    EXPECT_EQ(blocked_by(waiting).code, ExplainCode::no_worker);
    auto third = job("job");
    third.key = "acme";
    const auto behind = bench.add(third);
    const auto reason = blocked_by(behind);
    EXPECT_EQ(reason.code, ExplainCode::key_blocked);
    ASSERT_EQ(reason.jobs.size(), 1U);
    EXPECT_EQ(reason.jobs[0], waiting);
    ASSERT_FALSE(reason.because.empty());
    EXPECT_EQ(reason.because[0].code, ExplainCode::no_worker);

    const auto keys = bench.client.blocked_keys();
    ASSERT_EQ(keys.size(), 1U);
    EXPECT_EQ(keys[0].key, "acme");
    EXPECT_EQ(keys[0].blocked, 1U);
    EXPECT_EQ(bench.client.unblock_key("default", "acme"), 0U);  // its holder is available
    EXPECT_EQ(error_of([&] { return bench.client.blocked_keys(0); }), ErrorCode::invalid_argument);
    EXPECT_EQ(error_of([&] { return bench.client.explain(new_job_id()); }), ErrorCode::not_found);
}

TEST_F(ClientTest, ExplainsWhatALiveWorkerCannotRunYet) {
    Gate gate;
    Worker worker{bench.store, {.queues = {{"default", 2}}, .prefetch = 0}};
    worker.handle("job", [&](Context&) {
        gate.pass();
        return Outcome::done();
    });
    bench.client.set_limit({Scope::type("job"), 1, {}});
    worker.start();
    const auto running = bench.add(job("job"));
    ASSERT_TRUE(gate.reached());
    const auto held = bench.add(job("job"));
    const auto stranger = bench.add(job("other"));

    EXPECT_EQ(bench.client.explain(running).reasons[0].code, ExplainCode::running);
    const auto reason = bench.client.explain(held).reasons[0];
    EXPECT_EQ(reason.code, ExplainCode::concurrency_limit);
    ASSERT_EQ(reason.jobs.size(), 1U);
    EXPECT_EQ(reason.jobs[0], running);
    EXPECT_EQ(bench.client.explain(stranger).reasons[0].code, ExplainCode::type_not_handled);
    gate.open();
    EXPECT_EQ(bench.ended(held).state, JobState::completed);
    EXPECT_EQ(bench.client.explain(held).reasons[0].code, ExplainCode::completed);
}

}  // namespace
}  // namespace errand::test
