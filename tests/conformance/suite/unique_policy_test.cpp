#include "conformance/suite/fixture.hpp"

// How long a unique key is held, what becomes of the holder, and what was suppressed.

namespace errand::test {

using Kind = InsertResult::Kind;

namespace {

NewJob with(NewJob job, UniquePolicy policy, std::string key = "k") {
    job.unique_key = std::move(key);
    job.unique = policy;
    return job;
}

NewJob later(NewJob job, Duration delay) {
    job.delay = delay;
    return job;
}

constexpr UniquePolicy while_waiting{.hold = UniqueFor::waiting};
constexpr UniquePolicy for_a_minute{.hold = UniqueFor::period, .period = 1min};
constexpr UniquePolicy replacing_args{.on_conflict = OnConflict::replace_args};
constexpr UniquePolicy rescheduling{.on_conflict = OnConflict::reschedule};
constexpr UniquePolicy replacing{.on_conflict = OnConflict::replace};

InsertResult insert(Store& store, const NewJob& job) {
    return store.insert({&job, 1}).at(0);
}

/// The key of `job` is held by `holder`.
void expect_held(Store& store, const NewJob& job, const JobId& holder) {
    const auto result = insert(store, job);
    EXPECT_EQ(result.kind, Kind::duplicate);
    EXPECT_EQ(result.id, holder);
    EXPECT_FALSE(store.find(job.id));
}

void expect_sound(Store& store) {
    for (const CheckFinding& finding : store.check()) {
        EXPECT_TRUE(finding.ok || finding.what == "free space") << finding.detail;
    }
}

}  // namespace

TEST_P(StoreContract, APolicyIsKeptWithTheJob) {
    for (const UniquePolicy policy :
         {UniquePolicy{}, while_waiting, for_a_minute,
          UniquePolicy{UniqueFor::waiting, {}, OnConflict::reject}, replacing}) {
        const JobId id =
            add(with(job(), policy,
                     unique_for_text(policy) + "?" + std::string{to_string(policy.on_conflict)}));
        EXPECT_EQ(get(id).unique, policy);
    }
    EXPECT_EQ(get(add()).unique, UniquePolicy{});
}

TEST_P(StoreContract, AKeyHeldWhileWaitingIsFreeFromTheClaimOn) {
    const JobId first = add(with(job(), while_waiting));
    expect_held(*store_, with(job(), while_waiting), first);
    const Lease lease = claim_one();
    const JobId second = add(with(job(), while_waiting));
    // Given back, it waits again and does not get the key back.
    EXPECT_EQ(settle(to(lease, JobState::available)), SettleResult::ok);
    expect_held(*store_, with(job(), while_waiting), second);
    EXPECT_EQ(claim().size(), 2U);
    add(with(job(), while_waiting));
    expect_sound(*store_);
}

TEST_P(StoreContract, ClaimsWithLimitsFreeTheKeyToo) {
    store_->set_limit({Scope::global(), 5, Rate{.amount = 100, .per = 1min}});
    add(with(job(), while_waiting));
    add();
    ASSERT_EQ(claim().size(), 2U);
    add(with(job(), while_waiting));
    expect_sound(*store_);
}

TEST_P(StoreContract, AKeyHeldWhileWaitingIsHeldWhileScheduledAndBlocked) {
    NewJob ahead = job();
    ahead.key = "turn";
    add(ahead);
    NewJob blocked_one = with(job(), while_waiting, "blocked");
    blocked_one.key = "turn";
    add(blocked_one);
    const JobId scheduled = add(with(later(job(), 1h), while_waiting, "scheduled"));
    expect_held(*store_, with(job(), {}, "blocked"), blocked_one.id);
    expect_held(*store_, with(job(), {}, "scheduled"), scheduled);
    EXPECT_EQ(cancel(scheduled), ControlResult::done);
    add(with(job(), {}, "scheduled"));
    EXPECT_EQ(remove(blocked_one.id), ControlResult::done);
    add(with(job(), {}, "blocked"));
    expect_sound(*store_);
}

TEST_P(StoreContract, AnOperatorsRetryTakesAKeyHeldWhileWaitingAgain) {
    const JobId first = add(with(job(), while_waiting));
    settle(to(claim_one(), JobState::discarded));
    const JobId second = add(with(job(), while_waiting));
    EXPECT_EQ(retry(first), ControlResult::refused);
    settle(to(claim_one(), JobState::completed));
    EXPECT_EQ(retry(first), ControlResult::done);
    expect_held(*store_, with(job(), {}), first);
    ASSERT_EQ(claim_one().ref.id, first);
    add(with(job(), {}));
    EXPECT_TRUE(is_end(state(second)));
    expect_sound(*store_);
}

TEST_P(StoreContract, APeriodHoldsTheKeyFromTheEnqueueOn) {
    REQUIRE_VIRTUAL_CLOCK();
    const JobId first = add(with(job(), for_a_minute));
    complete(claim_one());
    clock_.advance(59s);
    expect_held(*store_, with(job(), {}), first);
    clock_.advance(1s);
    const JobId second = add(with(job(), for_a_minute));
    EXPECT_EQ(state(first), JobState::completed);
    // The first one is not in the way of the second, and need not be free for it.
    EXPECT_EQ(retry(first), ControlResult::done);
    expect_held(*store_, with(job(), {}), second);
    expect_sound(*store_);
}

TEST_P(StoreContract, APeriodEndsForAJobThatGoesOn) {
    REQUIRE_VIRTUAL_CLOCK();
    const JobId first = add(with(later(job(), 1h), for_a_minute));
    clock_.advance(1min);
    const JobId second = add(with(job(), {}));
    EXPECT_EQ(cancel(first), ControlResult::done);
    expect_held(*store_, with(job(), {}), second);
    expect_sound(*store_);
}

TEST_P(StoreContract, APeriodOutlivesItsJob) {
    REQUIRE_VIRTUAL_CLOCK();
    const NewJob first = with(job(), for_a_minute);
    add(first);
    expect_held(*store_, with(job(), {}), first.id);
    complete(claim_one());
    ASSERT_EQ(store_->prune({.completed = 0s}, 100), 1U);
    ASSERT_FALSE(store_->find(first.id));
    expect_held(*store_, with(job(), {}), first.id);
    expect_held(*store_, first, first.id);
    ASSERT_EQ(store_->suppressed(10).size(), 1U);
    EXPECT_EQ(store_->suppressed(10)[0].count, 3U);
    expect_sound(*store_);
    clock_.advance(1min);
    EXPECT_EQ(store_->prune({}, 100), 0U);
    EXPECT_TRUE(store_->suppressed(10).empty());
    add(with(job(), {}));
    expect_sound(*store_);
}

TEST_P(StoreContract, ExpiredPeriodsAreForgottenInPieces) {
    REQUIRE_VIRTUAL_CLOCK();
    std::vector<NewJob> jobs;
    for (int i = 0; i < 5; ++i)
        jobs.push_back(with(job(), for_a_minute, "k" + std::to_string(i)));
    static_cast<void>(store_->insert(jobs));
    for (auto& one : jobs) {
        expect_held(*store_, with(job(), {}, one.unique_key), one.id);
        EXPECT_EQ(remove(one.id), ControlResult::done);
    }
    clock_.advance(1min);
    std::size_t left = 5;
    while (left > 0) {
        ASSERT_EQ(store_->prune({}, 2), 0U);
        const auto now_left = store_->suppressed(10).size();
        EXPECT_EQ(now_left, left > 2 ? left - 2 : 0U);
        ASSERT_LT(now_left, left);
        left = now_left;
    }
}

TEST_P(StoreContract, PeriodsOutliveTheStoreObject) {
    REQUIRE_PERSISTENCE();
    const JobId first = add(with(job(), for_a_minute));
    EXPECT_EQ(remove(first), ControlResult::done);
    store_.reset();
    store_ = open();
    expect_held(*store_, with(job(), {}), first);
    EXPECT_EQ(store_->stats().suppressed, 1U);
}

TEST_P(StoreContract, TheHolderTakesOverTheArgs) {
    NewJob first = with(job(), {});
    first.tags = {"old"};
    first.priority = 3;
    add(first);
    NewJob second = with(job(), replacing_args);
    second.args = R"(["new"])";
    second.meta = R"({"by":"second"})";
    second.tags = {"red", "blue"};
    second.priority = 9;
    second.delay = 1h;
    const auto result = insert(*store_, second);
    EXPECT_EQ(result.kind, Kind::replaced);
    EXPECT_EQ(result.id, first.id);
    EXPECT_FALSE(store_->find(second.id));
    const Job changed = get(first.id);
    EXPECT_EQ(changed.args, second.args);
    EXPECT_EQ(changed.meta, second.meta);
    EXPECT_EQ(changed.tags, second.tags);
    EXPECT_EQ(changed.priority, 3);
    EXPECT_EQ(changed.state, JobState::available);
    EXPECT_EQ(changed.unique, UniquePolicy{});
    EXPECT_EQ(store_->list({{}, {}, {}, "blue"}, 10, "").jobs.size(), 1U);
    EXPECT_TRUE(store_->list({{}, {}, {}, "old"}, 10, "").jobs.empty());
    const Lease lease = claim_one();
    EXPECT_EQ(lease.args, second.args);
    EXPECT_EQ(lease.meta, second.meta);
}

TEST_P(StoreContract, TheLastOfABatchWins) {
    std::vector<NewJob> batch;
    for (int i = 0; i < 4; ++i) {
        batch.push_back(with(later(job(), 1min * i), replacing));
        batch.back().args = "[" + std::to_string(i) + "]";
    }
    const auto results = store_->insert(batch);
    EXPECT_EQ(results[0].kind, Kind::inserted);
    for (int i = 1; i < 4; ++i) {
        EXPECT_EQ(results[i].kind, Kind::replaced);
        EXPECT_EQ(results[i].id, batch[0].id);
    }
    const Job holder = get(batch[0].id);
    EXPECT_EQ(holder.args, "[3]");
    EXPECT_EQ(holder.state, JobState::scheduled);
    EXPECT_EQ(holder.suppressed, 3U);
}

TEST_P(StoreContract, WhatHasBegunIsNotChanged) {
    REQUIRE_VIRTUAL_CLOCK();
    NewJob first = with(job(), {});
    add(first);
    const auto expect_unchanged = [&] {
        const Job before = get(first.id);
        NewJob second = with(later(job(), 2h), replacing);
        second.args = "[2]";
        expect_held(*store_, second, first.id);
        const Job after = get(first.id);
        EXPECT_EQ(after.args, before.args);
        EXPECT_EQ(after.state, before.state);
        EXPECT_EQ(after.scheduled_at, before.scheduled_at);
        EXPECT_EQ(after.suppressed, before.suppressed + 1);
    };
    Lease lease = claim_one();
    expect_unchanged();
    settle(to(lease, JobState::retryable, 10s));
    expect_unchanged();
    clock_.advance(10s);
    static_cast<void>(store_->promote_due(10));
    expect_unchanged();
    settle(to(claim_one(), JobState::scheduled, 10s));  // snoozed
    expect_unchanged();
    EXPECT_EQ(cancel(first.id), ControlResult::done);
    EXPECT_EQ(retry(first.id), ControlResult::done);
    expect_unchanged();
}

TEST_P(StoreContract, AHolderOfAnotherTypeIsNotChanged) {
    const JobId first = add(with(job("t"), {}));
    NewJob second = with(later(job("other"), 1h), replacing);
    second.args = "[2]";
    expect_held(*store_, second, first);
    EXPECT_EQ(get(first).args, "[]");
    EXPECT_EQ(state(first), JobState::available);
}

TEST_P(StoreContract, AHolderOfAnotherQueueStaysThere) {
    const JobId first = add(with(job("t", "q1"), {}));
    EXPECT_EQ(insert(*store_, with(later(job("t", "q2"), 1h), rescheduling)).kind, Kind::replaced);
    EXPECT_EQ(get(first).queue, "q1");
    EXPECT_EQ(state(first), JobState::scheduled);
}

TEST_P(StoreContract, TheHolderTakesOverTheDueTime) {
    REQUIRE_VIRTUAL_CLOCK();
    const JobId holder = add(with(later(job(), 1min), {}));
    const auto reschedule = [&](Duration delay) {
        NewJob second = with(later(job(), delay), rescheduling);
        second.args = "[2]";
        second.expires_at = store_->now() + delay + 1h;
        EXPECT_EQ(insert(*store_, second).kind, Kind::replaced);
        const Job changed = get(holder);
        EXPECT_EQ(changed.args, "[]");
        EXPECT_EQ(changed.scheduled_at, store_->now() + delay);
        EXPECT_EQ(changed.expires_at, second.expires_at);
        EXPECT_EQ(changed.state, delay > 0s ? JobState::scheduled : JobState::available);
        return changed.scheduled_at;
    };
    const Timestamp sooner = reschedule(10s);
    EXPECT_EQ(store_->promote_due(10).next_due, sooner);
    const Timestamp much_later = reschedule(1h);
    EXPECT_EQ(store_->promote_due(10).next_due, much_later);
    reschedule(0s);
    EXPECT_EQ(store_->promote_due(10).next_due, std::nullopt);
    const Timestamp off = reschedule(30s);
    EXPECT_TRUE(claim().empty());
    EXPECT_EQ(store_->promote_due(10).next_due, off);
    clock_.advance(30s);
    EXPECT_EQ(store_->promote_due(10).promoted, 1U);
    const Lease lease = claim_one();
    EXPECT_EQ(lease.ref.id, holder);
    EXPECT_EQ(lease.scheduled_at, off);
    expect_sound(*store_);
}

TEST_P(StoreContract, ARescheduledJobStandsWhereItsDueTimeIs) {
    REQUIRE_VIRTUAL_CLOCK();
    const JobId first = add(with(job(), {}));
    clock_.advance(1s);
    const JobId second = add();
    clock_.advance(1s);
    EXPECT_EQ(insert(*store_, with(job(), rescheduling)).kind, Kind::replaced);
    EXPECT_EQ(run(), (std::vector{second, first}));
}

TEST_P(StoreContract, ALifoQueueTakesARescheduledJobByItsInsertion) {
    store_->set_queue_settings("default", {.order = QueueOrder::lifo});
    const JobId first = add(with(later(job(), 1h), {}));
    const JobId second = add();
    EXPECT_EQ(insert(*store_, with(job(), rescheduling)).kind, Kind::replaced);
    EXPECT_EQ(run(), (std::vector{second, first}));
}

TEST_P(StoreContract, AFairQueueKeepsThePlaceOfARescheduledJob) {
    store_->set_queue_settings("default", {.order = QueueOrder::fair, .key_concurrency = 0});
    NewJob first = with(job(), {});
    first.key = "a";
    add(first);
    NewJob second = job();
    second.key = "a";
    add(second);
    NewJob again = with(job(), rescheduling);
    again.key = "a";
    EXPECT_EQ(insert(*store_, again).kind, Kind::replaced);
    EXPECT_EQ(run(), (std::vector{first.id, second.id}));
}

TEST_P(StoreContract, APutOffJobGivesItsTurnAway) {
    REQUIRE_VIRTUAL_CLOCK();
    NewJob first = with(job(), {});
    first.key = "turn";
    add(first);
    NewJob second = with(job(), {}, "other");
    second.key = "turn";
    add(second);
    ASSERT_EQ(blocked(), std::vector{second.id});
    EXPECT_EQ(insert(*store_, with(later(job(), 1min), rescheduling)).kind, Kind::replaced);
    EXPECT_TRUE(blocked().empty());
    EXPECT_EQ(store_->find_key("default", "turn")->holders, std::vector{second.id});
    // And stands in line anew: behind the one that has it, by time or by another enqueue.
    EXPECT_EQ(insert(*store_, with(job(), rescheduling)).kind, Kind::replaced);
    EXPECT_EQ(blocked(), std::vector{first.id});
    EXPECT_EQ(insert(*store_, with(later(job(), 1min), rescheduling)).kind, Kind::replaced);
    EXPECT_TRUE(blocked().empty());
    EXPECT_EQ(run(), std::vector{second.id});
    EXPECT_FALSE(store_->find_key("default", "turn"));
    clock_.advance(1min);
    EXPECT_EQ(store_->promote_due(10).promoted, 1U);
    EXPECT_EQ(run(), std::vector{first.id});
    expect_sound(*store_);
}

TEST_P(StoreContract, ARescheduledBlockedJobChangesItsPlaceInLine) {
    REQUIRE_VIRTUAL_CLOCK();
    std::vector<JobId> ids;
    for (const char* key : {"a", "b", "c"}) {
        NewJob one = with(job(), {}, key);
        one.key = "turn";
        ids.push_back(add(one));
        clock_.advance(1s);
    }
    EXPECT_EQ(insert(*store_, with(job(), rescheduling, "b")).kind, Kind::replaced);
    EXPECT_EQ(run(), (std::vector{ids[0], ids[2], ids[1]}));
    expect_sound(*store_);
}

TEST_P(StoreContract, ReschedulingWakesThoseWhoWait) {
    add(with(later(job(), 1h), {}));
    expect_wakes(*store_, WakeChannel::schedule,
                 [&] { static_cast<void>(insert(*store_, with(later(job(), 1s), rescheduling))); });
    expect_wakes(*store_, WakeChannel::work,
                 [&] { static_cast<void>(insert(*store_, with(job(), rescheduling))); });
    expect_wakes(*store_, WakeChannel::schedule,
                 [&] { static_cast<void>(insert(*store_, with(later(job(), 1s), rescheduling))); });
}

TEST_P(StoreContract, AClaimedJobHasTheArgsThatItShows) {
    for (int round = 0; round < 3; ++round) {
        const JobId holder = add(with(job(), while_waiting));
        add_many(2);
        NewJob newer = with(job(), replacing_args);
        newer.args = "[" + std::to_string(round) + "]";
        ASSERT_EQ(insert(*store_, newer).kind, Kind::replaced);
        for (const Lease& lease : claim()) {
            EXPECT_EQ(lease.args, lease.ref.id == holder ? newer.args : "[]");
            EXPECT_EQ(lease.args, get(lease.ref.id).args);
            complete(lease);
        }
    }
}

TEST_P(StoreContract, SuppressedEnqueuesAreCountedAndListed) {
    REQUIRE_VIRTUAL_CLOCK();
    EXPECT_EQ(store_->stats().suppressed, 0U);
    EXPECT_TRUE(store_->suppressed(10).empty());
    const NewJob first = with(job(), {}, "a");
    const JobId second = add(with(job(), {}, "b"));
    add(first);
    EXPECT_EQ(insert(*store_, first).kind, Kind::already_there);
    EXPECT_EQ(store_->stats().suppressed, 0U);
    expect_held(*store_, with(job(), {}, "a"), first.id);
    clock_.advance(1s);
    expect_held(*store_, with(job(), {}, "b"), second);
    EXPECT_EQ(insert(*store_, with(job(), replacing, "b")).kind, Kind::replaced);
    EXPECT_EQ(get(first.id).suppressed, 1U);
    EXPECT_EQ(get(second).suppressed, 2U);
    EXPECT_EQ(store_->stats().suppressed, 3U);
    const auto views = store_->suppressed(10);
    ASSERT_EQ(views.size(), 2U);
    EXPECT_EQ(views[0].job, second);
    EXPECT_EQ(views[0].unique_key, "b");
    EXPECT_EQ(views[0].count, 2U);
    EXPECT_EQ(views[0].last_at, store_->now());
    EXPECT_EQ(views[1].job, first.id);
    EXPECT_EQ(views[1].last_at, store_->now() - 1s);
    EXPECT_EQ(store_->suppressed(1).size(), 1U);
    // Kept with the ended job, and gone with it; what there ever was is not forgotten.
    EXPECT_EQ(cancel(second), ControlResult::done);
    EXPECT_EQ(get(second).suppressed, 2U);
    EXPECT_EQ(store_->suppressed(10).size(), 2U);
    EXPECT_EQ(remove(second), ControlResult::done);
    ASSERT_EQ(store_->suppressed(10).size(), 1U);
    EXPECT_EQ(store_->stats().suppressed, 3U);
    expect_error(ErrorCode::invalid_argument, [&] { (void)store_->suppressed(0); });
    expect_error(ErrorCode::invalid_argument, [&] { (void)store_->suppressed(1'001); });
}

}  // namespace errand::test
