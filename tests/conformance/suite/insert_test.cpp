#include "conformance/suite/fixture.hpp"

#include <algorithm>
#include <ranges>

// Adding jobs: what is kept, repeats, limits, times.

namespace errand::test {

using Kind = InsertResult::Kind;

TEST_P(StoreContract, InsertKeepsEveryField) {
    NewJob wanted = job("email.send", "mail");
    wanted.args = R"([{"to": "ada",  "n":1.50}])";
    wanted.meta = R"({"trace":"00-1"})";
    wanted.tags = {"b", "a", "b c"};
    wanted.priority = -7;
    wanted.max_attempts = 3;
    wanted.retry = RetryPolicy::exponential(1min, 2.0).max(1h);
    wanted.timeout = 30s;
    wanted.unique_key = "ada";
    wanted.key = "customer 7";
    wanted.weight = 12;
    wanted.expires_at = store_->now() + 3h;
    const Timestamp before = store_->now();
    const Job kept = get(add(wanted));

    EXPECT_EQ(kept.id, wanted.id);
    EXPECT_EQ(kept.type, wanted.type);
    EXPECT_EQ(kept.queue, wanted.queue);
    EXPECT_EQ(kept.args, wanted.args);
    EXPECT_EQ(kept.meta, wanted.meta);
    EXPECT_EQ(kept.tags, wanted.tags);
    EXPECT_EQ(kept.state, JobState::available);
    EXPECT_EQ(kept.priority, wanted.priority);
    EXPECT_EQ(kept.max_attempts, wanted.max_attempts);
    EXPECT_EQ(kept.retry, wanted.retry);
    EXPECT_EQ(kept.timeout, wanted.timeout);
    EXPECT_EQ(kept.unique_key, wanted.unique_key);
    EXPECT_EQ(kept.key, wanted.key);
    EXPECT_EQ(kept.weight, wanted.weight);
    EXPECT_EQ(kept.expires_at, wanted.expires_at);
    EXPECT_FALSE(kept.blocked);
    EXPECT_GE(kept.created_at, before);
    EXPECT_LE(kept.created_at, store_->now());
    EXPECT_EQ(kept.scheduled_at, kept.created_at);
}

TEST_P(StoreContract, ANewJobHasNoHistory) {
    const Job kept = get(add());
    EXPECT_EQ(kept.attempt, 0U);
    EXPECT_EQ(kept.crashes, 0U);
    EXPECT_EQ(kept.interruptions, 0U);
    EXPECT_EQ(kept.lease_seq, 0U);
    EXPECT_EQ(kept.meta, "");
    EXPECT_TRUE(kept.tags.empty());
    EXPECT_FALSE(kept.retry);
    EXPECT_FALSE(kept.timeout);
    EXPECT_EQ(kept.unique_key, "");
    EXPECT_EQ(kept.key, "");
    EXPECT_EQ(kept.weight, 1U);
    EXPECT_FALSE(kept.expires_at);
    EXPECT_FALSE(kept.blocked);
    EXPECT_FALSE(kept.started_at);
    EXPECT_FALSE(kept.finished_at);
    EXPECT_EQ(kept.worker, "");
    EXPECT_FALSE(kept.cancel_requested);
    EXPECT_FALSE(kept.progress);
    EXPECT_EQ(kept.result, "");
    EXPECT_TRUE(kept.errors.empty());
    EXPECT_TRUE(store_->logs(kept.id).empty());
}

TEST_P(StoreContract, ADelayAheadIsScheduled) {
    NewJob later = job();
    later.delay = 90s;
    const Job kept = get(add(later));
    EXPECT_EQ(kept.state, JobState::scheduled);
    EXPECT_EQ(kept.scheduled_at, kept.created_at + 90s);
}

TEST_P(StoreContract, ARunTimeAheadIsScheduled) {
    NewJob later = job();
    later.run_at = store_->now() + 2h;
    const Job kept = get(add(later));
    EXPECT_EQ(kept.state, JobState::scheduled);
    EXPECT_EQ(kept.scheduled_at, later.run_at);
}

TEST_P(StoreContract, ARunTimePastMeansNow) {
    NewJob late = job();
    late.run_at = store_->now() - 2h;
    const Job kept = get(add(late));
    EXPECT_EQ(kept.state, JobState::available);
    EXPECT_EQ(kept.scheduled_at, kept.created_at);
}

TEST_P(StoreContract, ARepeatedInsertChangesNothing) {
    NewJob first = job();
    first.args = "[1]";
    add(first);
    NewJob again = first;
    again.args = "[2]";
    again.queue = "other";
    const auto result = store_->insert({&again, 1}).at(0);
    EXPECT_EQ(result.kind, Kind::already_there);
    EXPECT_EQ(result.id, first.id);
    EXPECT_EQ(get(first.id).args, "[1]");
    EXPECT_EQ(store_->stats().states.at(JobState::available), 1U);
}

TEST_P(StoreContract, ARepeatAfterTheEndIsAlreadyThere) {
    const NewJob first = job();
    add(first);
    settle(to(claim_one(), JobState::completed));
    EXPECT_EQ(store_->insert({&first, 1}).at(0).kind, Kind::already_there);
    EXPECT_EQ(state(first.id), JobState::completed);
}

TEST_P(StoreContract, TheSameIdTwiceInABatchIsOneJob) {
    const NewJob one = job();
    const std::vector batch{one, job(), one};
    const auto results = store_->insert(batch);
    ASSERT_EQ(results.size(), 3U);
    EXPECT_EQ(results[0].kind, Kind::inserted);
    EXPECT_EQ(results[1].kind, Kind::inserted);
    EXPECT_EQ(results[2].kind, Kind::already_there);
    EXPECT_EQ(store_->stats().states.at(JobState::available), 2U);
}

TEST_P(StoreContract, ARepeatedBatchAddsOnlyWhatIsMissing) {
    std::vector<NewJob> batch{job(), job()};
    const auto first = store_->insert(batch);
    batch.push_back(job());
    const auto second = store_->insert(batch);
    EXPECT_EQ(second.at(0).kind, Kind::already_there);
    EXPECT_EQ(second.at(1).kind, Kind::already_there);
    EXPECT_EQ(second.at(2).kind, Kind::inserted);
    EXPECT_EQ(store_->stats().states.at(JobState::available), 3U);
}

TEST_P(StoreContract, AnEmptyBatchIsNoError) {
    EXPECT_TRUE(store_->insert({}).empty());
    EXPECT_TRUE(store_->settle({}).empty());
    EXPECT_TRUE(store_->heartbeat({}).empty());
    EXPECT_TRUE(store_->cancel({}).empty());
    EXPECT_TRUE(store_->retry({}).empty());
    EXPECT_TRUE(store_->remove({}).empty());
}

TEST_P(StoreContract, ABatchBeyondTheLimitAddsNothing) {
    const auto small = open({.batch = 3});
    std::vector<NewJob> batch(4);
    std::ranges::generate(batch, [] { return job(); });
    expect_error(ErrorCode::limit_exceeded, [&] { (void)small->insert(batch); });
    EXPECT_EQ(small->stats().states.at(JobState::available), 0U);
    batch.pop_back();
    EXPECT_EQ(small->insert(batch).size(), 3U);
}

TEST_P(StoreContract, EveryBatchedCallHasTheLimit) {
    const auto small = open({.batch = 3});
    const std::vector<Settlement> settlements(4);
    const std::vector<Heartbeat> heartbeats(4);
    const std::vector<JobId> ids(4);
    expect_error(ErrorCode::limit_exceeded, [&] { (void)small->settle(settlements); });
    expect_error(ErrorCode::limit_exceeded, [&] { (void)small->heartbeat(heartbeats); });
    expect_error(ErrorCode::limit_exceeded, [&] { (void)small->cancel(ids); });
    expect_error(ErrorCode::limit_exceeded, [&] { (void)small->retry(ids); });
    expect_error(ErrorCode::limit_exceeded, [&] { (void)small->remove(ids); });
}

TEST_P(StoreContract, ANilIdIsRefusedAndTheBatchWithIt) {
    std::vector<NewJob> batch{job(), job(), job()};
    batch[2].id = JobId{};
    expect_error(ErrorCode::invalid_argument, [&] { (void)store_->insert(batch); });
    EXPECT_FALSE(store_->find(batch[0].id));
    EXPECT_FALSE(store_->find(batch[1].id));
}

TEST_P(StoreContract, NewIdsAreSortedByTimeOfCreation) {
    const auto ids = add_many(500);
    EXPECT_TRUE(std::ranges::is_sorted(ids));
    EXPECT_EQ(std::ranges::adjacent_find(ids), ids.end());
    EXPECT_TRUE(std::ranges::is_sorted(ids, {}, [](const JobId& id) { return to_string(id); }));
}

TEST_P(StoreContract, ALargeBatchIsWhole) {
    const auto ids = add_many(2'000);
    EXPECT_EQ(store_->stats().states.at(JobState::available), 2'000U);
    EXPECT_EQ(ids_of(claim(2'000)), ids);
}

TEST_P(StoreContract, JobsSurviveReopening) {
    REQUIRE_PERSISTENCE();
    const JobId waiting = add();
    const JobId done = add_in(JobState::completed);
    session_->retire();
    session_.reset();
    store_.reset();
    store_ = open();
    EXPECT_EQ(state(waiting), JobState::available);
    EXPECT_EQ(state(done), JobState::completed);
    EXPECT_EQ(ids_of(claim()), std::vector{waiting});
}

}  // namespace errand::test
