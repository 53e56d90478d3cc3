#include "engine/support.hpp"

#include <errand/boost_json.hpp>

#include <gmock/gmock.h>
#include <boost/describe.hpp>

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

TEST_F(ClientTest, RejectsAJobWhoseUniqueKeyIsHeld) {
    auto first = job("job");
    first.unique_key = "order 7";
    const auto holder = bench.add(first);
    auto second = job("job");
    second.unique_key = first.unique_key;
    second.unique.on_conflict = OnConflict::reject;
    try {
        (void)bench.client.enqueue(second);
        ADD_FAILURE() << "nothing was thrown";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::conflict);
        EXPECT_THAT(error.what(), HasSubstr(to_string(holder)));
        EXPECT_THAT(error.what(), HasSubstr("order 7"));
    }
    const auto receipts = bench.client.enqueue_many({job("job"), second});
    EXPECT_EQ(receipts[0].kind, InsertResult::Kind::inserted);
    EXPECT_EQ(receipts[1].kind, InsertResult::Kind::duplicate);
    EXPECT_EQ(receipts[1].id, holder);
    EXPECT_EQ(bench.client.suppressed().at(0).count, 2U);
}

struct Page {
    static constexpr std::string_view job_type = "page";
    std::int64_t id = 0;
    std::string text;
};
BOOST_DESCRIBE_STRUCT(Page, (), (id, text))

TEST_F(ClientTest, DebounceLetsTheLastCallWin) {
    const EnqueueOptions options{.unique_by = {{"id"}}, .debounce = 30s};
    const auto first = bench.client.enqueue(Page{7, "a"}, options);
    const auto last = bench.client.enqueue(Page{7, "b"}, options);
    const auto other = bench.client.enqueue(Page{8, "c"}, options);
    EXPECT_EQ(last.kind, InsertResult::Kind::replaced);
    EXPECT_EQ(last.id, first.id);
    EXPECT_EQ(other.kind, InsertResult::Kind::inserted);
    const auto kept = bench.client.find(first.id);
    EXPECT_THAT(kept->args, HasSubstr("\"b\""));
    EXPECT_EQ(kept->state, JobState::scheduled);
    EXPECT_GE(kept->scheduled_at, kept->created_at + 30s);
}

TEST_F(ClientTest, ThrottleLetsTheFirstCallWin) {
    const auto first = bench.client.enqueue(Page{7, "a"}, {.throttle = 1h});
    EXPECT_EQ(bench.client.cancel(first.id), ControlResult::done);
    const auto again = bench.client.enqueue(Page{7, "a"}, {.throttle = 1h});
    EXPECT_EQ(again.kind, InsertResult::Kind::duplicate);
    EXPECT_EQ(again.id, first.id);
    EXPECT_EQ(bench.client.enqueue(Page{7, "b"}, {.throttle = 1h}).kind,
              InsertResult::Kind::inserted);
}

TEST_F(ClientTest, RefusesOptionsThatContradictEachOther) {
    const auto refused = [&](EnqueueOptions options) {
        return error_of([&] { return bench.client.enqueue(Page{}, std::move(options)); }) ==
               ErrorCode::invalid_argument;
    };
    EXPECT_TRUE(refused({.unique_key = "k", .unique_by = {{"id"}}}));
    EXPECT_TRUE(refused({.unique_by = {{"no_such_member"}}}));
    EXPECT_TRUE(refused({.unique = {.hold = UniqueFor::waiting}}));
    EXPECT_TRUE(refused({.debounce = 1s, .throttle = 1s}));
    EXPECT_TRUE(refused({.delay = 1s, .debounce = 1s}));
    EXPECT_TRUE(refused({.debounce = 0s}));
    EXPECT_TRUE(refused({.throttle = 0s}));
    EXPECT_TRUE(refused({.unique = {.on_conflict = OnConflict::reject}, .throttle = 1s}));
    EXPECT_FALSE(refused({.unique_by = std::vector<std::string>{}}));
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
