#include "conformance/suite/fixture.hpp"
#include "support/dump.hpp"

#include <utility>

// The one way out of active.

namespace errand::test {

using testing::Each;
using testing::Eq;

namespace {

JobError error_number(std::uint32_t number) {
    JobError error;
    error.kind = FailureKind::error;
    error.attempt = number;
    error.at = Timestamp{std::chrono::seconds{1'700'000'000 + number}};
    error.type = "std::runtime_error";
    error.message = "failure " + std::to_string(number);
    error.worker = "w" + std::to_string(number);
    error.host = "h";
    error.backtrace = "main\nrun";
    error.log_tail = "line a\nline b";
    return error;
}

std::vector<Lease> every_other(const std::vector<Lease>& leases, std::size_t first) {
    std::vector<Lease> some;
    for (auto i = first; i < leases.size(); i += 2)
        some.push_back(leases[i]);
    return some;
}

std::vector<Settlement> completed(const std::vector<Lease>& leases) {
    std::vector<Settlement> items;
    for (const auto& lease : leases) {
        Settlement item;
        item.lease = lease.ref;
        item.to = JobState::completed;
        items.push_back(std::move(item));
    }
    return items;
}

}  // namespace

TEST_P(StoreContract, CompletedKeepsTheResult) {
    const JobId id = add();
    const Lease lease = claim_one();
    Settlement item = to(lease, JobState::completed);
    item.result = R"({"sum": 3.10,"big":9007199254740993})";
    EXPECT_EQ(settle(item), SettleResult::ok);
    const Job done = get(id);
    EXPECT_EQ(done.state, JobState::completed);
    EXPECT_EQ(done.result, item.result);
    EXPECT_EQ(done.attempt, 1U);
    EXPECT_EQ(done.worker, "w1");
    EXPECT_EQ(done.started_at, lease.claimed_at);
    ASSERT_TRUE(done.finished_at);
    EXPECT_GE(*done.finished_at, *done.started_at);
    EXPECT_LE(*done.finished_at, store_->now());
}

TEST_P(StoreContract, AResultIsKeptForCompletedOnly) {
    for (const JobState state : settle_states) {
        const JobId id = add();
        Settlement item = to(claim_one(), state, 1h);
        item.result = "7";
        EXPECT_EQ(settle(item), SettleResult::ok);
        EXPECT_EQ(get(id).result, state == JobState::completed ? "7" : "") << to_string(state);
        (void)remove(id);
    }
}

TEST_P(StoreContract, EveryTargetStateIsRecorded) {
    for (const JobState target : settle_states) {
        const JobId id = add();
        const Lease lease = claim_one();
        EXPECT_EQ(settle(to(lease, target, 1h)), SettleResult::ok) << to_string(target);
        const Job job = get(id);
        EXPECT_EQ(job.state, target);
        EXPECT_EQ(job.finished_at.has_value(), is_end(target)) << to_string(target);
        EXPECT_EQ(job.attempt, 1U);
        EXPECT_EQ(job.lease_seq, 1U);
        (void)remove(id);
    }
}

TEST_P(StoreContract, TheDelayCountsFromTheSettlementByTheStoreClock) {
    REQUIRE_VIRTUAL_CLOCK();
    for (const JobState target : {JobState::scheduled, JobState::retryable}) {
        const JobId id = add();
        const Lease lease = claim_one();
        clock_.advance(3s);
        settle(to(lease, target, 40s));
        EXPECT_EQ(get(id).scheduled_at, lease.claimed_at + 43s);
    }
}

TEST_P(StoreContract, ReleasedJobsShowTheirFirstDueTimeAgain) {
    REQUIRE_VIRTUAL_CLOCK();
    const JobId id = add();
    const Timestamp due = get(id).scheduled_at;
    clock_.advance(1s);
    settle(to(claim_one(), JobState::retryable, 4s));
    clock_.advance(5s);
    ASSERT_EQ(store_->promote_due(1).promoted, 1U);
    EXPECT_EQ(get(id).scheduled_at, due);
    EXPECT_EQ(claim_one().scheduled_at, due);
}

TEST_P(StoreContract, AnAttemptCanBeGivenBack) {
    const JobId id = add();
    Settlement item = to(claim_one(), JobState::available);
    item.uses_attempt = false;
    EXPECT_EQ(settle(item), SettleResult::ok);
    EXPECT_EQ(get(id).attempt, 0U);
    EXPECT_EQ(get(id).lease_seq, 1U);
    const Lease again = claim_one();
    EXPECT_EQ(again.attempt, 1U);
    EXPECT_EQ(again.ref.lease_seq, 2U);
}

TEST_P(StoreContract, CrashesAndInterruptionsAreCounted) {
    const JobId id = add();
    Settlement crash = to(claim_one(), JobState::retryable, 0s);
    crash.uses_attempt = false;
    crash.counts_crash = true;
    settle(crash);
    ASSERT_EQ(store_->promote_due(1).promoted, 1U);
    Lease lease = claim_one();
    EXPECT_EQ(lease.crashes, 1U);
    EXPECT_EQ(lease.interruptions, 0U);
    Settlement interruption = to(lease, JobState::available);
    interruption.counts_interruption = true;
    settle(interruption);
    lease = claim_one();
    EXPECT_EQ(lease.crashes, 1U);
    EXPECT_EQ(lease.interruptions, 1U);
    EXPECT_EQ(get(id).crashes, 1U);
    EXPECT_EQ(get(id).interruptions, 1U);
}

TEST_P(StoreContract, ErrorsAreKeptWhole) {
    const JobId id = add();
    Settlement item = to(claim_one(), JobState::discarded);
    item.error = error_number(1);
    item.error->kind = FailureKind::timeout;
    settle(item);
    const Job failed = get(id);
    ASSERT_EQ(failed.errors.size(), 1U);
    const JobError& kept = failed.errors[0];
    EXPECT_EQ(kept.kind, FailureKind::timeout);
    EXPECT_EQ(kept.attempt, 1U);
    EXPECT_EQ(kept.at, item.error->at);
    EXPECT_EQ(kept.type, item.error->type);
    EXPECT_EQ(kept.message, item.error->message);
    EXPECT_EQ(kept.worker, item.error->worker);
    EXPECT_EQ(kept.host, item.error->host);
    EXPECT_EQ(kept.backtrace, item.error->backtrace);
    EXPECT_EQ(kept.log_tail, item.error->log_tail);
}

TEST_P(StoreContract, OnlyTheNewestErrorsAreKeptOldestFirst) {
    store_ = open({.errors_kept = 3});
    const JobId id = add();
    for (std::uint32_t number = 1; number <= 5; ++number) {
        Settlement item = to(claim_one(), JobState::available);
        item.error = error_number(number);
        settle(item);
    }
    const Job failed = get(id);
    ASSERT_EQ(failed.errors.size(), 3U);
    EXPECT_EQ(failed.errors[0].message, "failure 3");
    EXPECT_EQ(failed.errors[1].message, "failure 4");
    EXPECT_EQ(failed.errors[2].message, "failure 5");
}

TEST_P(StoreContract, OnlyTheNewestLogsAreKeptOldestFirst) {
    store_ = open({.logs_kept = 2});
    const JobId id = add();
    for (std::uint32_t number = 1; number <= 4; ++number) {
        Settlement item = to(claim_one(), JobState::available);
        item.log = "log " + std::to_string(number);
        settle(item);
    }
    const auto logs = store_->logs(id);
    ASSERT_EQ(logs.size(), 2U);
    EXPECT_EQ(logs[0].text, "log 3");
    EXPECT_EQ(logs[1].text, "log 4");
}

TEST_P(StoreContract, ABatchOfErrorsIsBoundedToo) {
    const std::uint32_t kept = Limits{}.errors_kept;
    const JobId id = add();
    for (std::uint32_t number = 1; number <= kept + 2; ++number) {
        Settlement item = to(claim_one(), JobState::available);
        item.error = error_number(number);
        settle(item);
    }
    EXPECT_EQ(get(id).errors.size(), kept);
    EXPECT_EQ(get(id).errors.back().message, "failure " + std::to_string(kept + 2));
}

TEST_P(StoreContract, ItemsOfABatchAreAnsweredInOrder) {
    add_many(3);
    const auto leases = claim();
    Settlement unknown = to(leases[0], JobState::completed);
    unknown.lease = {new_job_id(), 1, 0};
    const std::vector batch{to(leases[2], JobState::completed), unknown,
                            to(leases[0], JobState::discarded), to(leases[0], JobState::completed)};
    EXPECT_EQ(store_->settle(batch),
              (std::vector{SettleResult::ok, SettleResult::lease_lost, SettleResult::ok,
                           SettleResult::already_settled}));
    EXPECT_EQ(state(leases[0].ref.id), JobState::discarded);
    EXPECT_EQ(state(leases[1].ref.id), JobState::active);
    EXPECT_EQ(state(leases[2].ref.id), JobState::completed);
}

TEST_P(StoreContract, JobsWithOthersRunningBetweenThemAreSettledTogether) {
    add_many(40);
    const auto leases = claim();
    ASSERT_EQ(leases.size(), 40U);
    EXPECT_THAT(store_->settle(completed(every_other(leases, 1))), Each(Eq(SettleResult::ok)));
    for (std::size_t i = 0; i < leases.size(); ++i) {
        EXPECT_EQ(state(leases[i].ref.id), i % 2 == 1 ? JobState::completed : JobState::active);
    }
    EXPECT_THAT(store_->settle(completed(every_other(leases, 0))), Each(Eq(SettleResult::ok)));
    EXPECT_EQ(store_->stats().states.at(JobState::completed), 40U);
}

TEST_P(StoreContract, JobsWithOthersWaitingBetweenThemAreSettledTogether) {
    for (int i = 0; i < 40; ++i)
        add(job("t", i % 2 == 0 ? "default" : "other"));
    const auto leases = claim();
    ASSERT_EQ(leases.size(), 20U);
    EXPECT_THAT(store_->settle(completed(leases)), Each(Eq(SettleResult::ok)));
    EXPECT_EQ(store_->stats().states.at(JobState::completed), 20U);
    EXPECT_EQ(store_->stats().queues.at("other").available, 20U);
}

TEST_P(StoreContract, AStaleItemDoesNotEndAJobThatStandsBesideIt) {
    for (int i = 0; i < 40; ++i)
        add(job("t", i % 2 == 0 ? "default" : "other"));
    const auto leases = claim();
    ASSERT_EQ(leases.size(), 20U);
    const auto beside = claim({worker(), {{"other", 1}}, {"t"}, 15s});
    ASSERT_EQ(beside.size(), 1U);
    ASSERT_EQ(settle(to(leases[3], JobState::completed)), SettleResult::ok);
    auto results = store_->settle(completed(leases));
    EXPECT_EQ(std::exchange(results[3], SettleResult::ok), SettleResult::already_settled);
    EXPECT_THAT(results, Each(Eq(SettleResult::ok)));
    EXPECT_EQ(state(beside[0].ref.id), JobState::active);
    EXPECT_EQ(settle(to(beside[0], JobState::completed)), SettleResult::ok);
}

TEST_P(StoreContract, ACancelledJobAmongOthersIsSettledAsSuch) {
    add_many(40);
    const auto leases = claim();
    ASSERT_EQ(cancel(leases[17].ref.id), ControlResult::requested);
    auto results = store_->settle(completed(leases));
    EXPECT_EQ(std::exchange(results[17], SettleResult::ok), SettleResult::recorded_cancel);
    EXPECT_THAT(results, Each(Eq(SettleResult::ok)));
    EXPECT_EQ(state(leases[17].ref.id), JobState::cancelled);
    EXPECT_EQ(store_->stats().states.at(JobState::completed), 39U);
}

TEST_P(StoreContract, SettlingAgainChangesNothing) {
    for (const JobState target : settle_states) {
        const JobId id = add();
        const Lease lease = claim_one();
        ASSERT_EQ(settle(to(lease, target, 1h)), SettleResult::ok);
        const std::string before = dump(get(id));
        Settlement again = to(lease, JobState::completed);
        again.result = "2";
        again.error = error_number(1);
        EXPECT_EQ(settle(again), SettleResult::already_settled) << to_string(target);
        EXPECT_EQ(dump(get(id)), before);
        (void)remove(id);
    }
}

TEST_P(StoreContract, AnAnswerLostBeforeAnOperatorsRetryIsStillAlreadySettled) {
    add();
    const Lease lease = claim_one();
    ASSERT_EQ(settle(to(lease, JobState::completed)), SettleResult::ok);
    ASSERT_EQ(retry(lease.ref.id), ControlResult::done);
    EXPECT_EQ(settle(to(lease, JobState::completed)), SettleResult::already_settled);
    EXPECT_EQ(state(lease.ref.id), JobState::available);
}

TEST_P(StoreContract, SettlingAfterTheNextClaimIsLeaseLost) {
    add();
    const Lease first = claim_one();
    ASSERT_EQ(settle(to(first, JobState::available)), SettleResult::ok);
    const Lease second = claim_one();
    EXPECT_EQ(settle(to(first, JobState::available)), SettleResult::lease_lost);
    EXPECT_EQ(settle(to(second, JobState::completed)), SettleResult::ok);
    EXPECT_EQ(settle(to(first, JobState::completed)), SettleResult::lease_lost);
}

TEST_P(StoreContract, SettlingARemovedJobIsLeaseLost) {
    const JobId id = add();
    const Lease lease = claim_one();
    settle(to(lease, JobState::completed));
    ASSERT_EQ(remove(id), ControlResult::done);
    EXPECT_EQ(settle(to(lease, JobState::completed)), SettleResult::lease_lost);
    EXPECT_FALSE(store_->find(id));
}

TEST_P(StoreContract, AnExpiredLeaseThatNobodyTookCanBeSettled) {
    REQUIRE_VIRTUAL_CLOCK();
    const JobId id = add();
    const Lease lease = claim_one(5s);
    clock_.advance(1h);
    EXPECT_EQ(settle(to(lease, JobState::completed)), SettleResult::ok);
    EXPECT_EQ(state(id), JobState::completed);
}

TEST_P(StoreContract, TheRowHintMayBeMissing) {
    const JobId id = add();
    Lease lease = claim_one();
    lease.ref.row = 0;
    EXPECT_EQ(beat({lease.ref, 10s, std::nullopt, std::nullopt}), HeartbeatResult::ok);
    EXPECT_TRUE(store_->record_effect(lease.ref, "k", "1", EffectWrite::first_stays));
    EXPECT_EQ(settle(to(lease, JobState::completed)), SettleResult::ok);
    EXPECT_EQ(state(id), JobState::completed);
}

TEST_P(StoreContract, LogsAreKeptPerAttemptAndReplacedWhole) {
    const JobId id = add();
    Lease lease = claim_one();
    EXPECT_EQ(beat({lease.ref, std::nullopt, std::nullopt, "first"}), HeartbeatResult::ok);
    Settlement item = to(lease, JobState::available);
    item.log = "first\nsecond";
    settle(item);
    lease = claim_one();
    item = to(lease, JobState::available);
    item.uses_attempt = false;
    item.log = "third";
    settle(item);
    settle(to(claim_one(), JobState::completed));

    const auto logs = store_->logs(id);
    ASSERT_EQ(logs.size(), 2U);
    EXPECT_EQ(logs[0].attempt, 1U);
    EXPECT_EQ(logs[0].lease_seq, 1U);
    EXPECT_EQ(logs[0].text, "first\nsecond");
    EXPECT_EQ(logs[1].attempt, 2U);
    EXPECT_EQ(logs[1].lease_seq, 2U);
    EXPECT_EQ(logs[1].text, "third");
    EXPECT_TRUE(store_->logs(new_job_id()).empty());
}

}  // namespace errand::test
