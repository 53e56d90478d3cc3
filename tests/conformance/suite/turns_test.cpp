#include "conformance/suite/fixture.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <barrier>
#include <map>
#include <mutex>
#include <thread>

// Ordering keys (invariant I10: jobs of one key run in the order of their places, never two at
// once, retries included), and how a stuck key is seen and freed.

namespace errand::test {

namespace {

NewJob keyed(NewJob job, std::string_view key = "k") {
    job.key = key;
    return job;
}

NewJob due_in(NewJob job, Duration delay) {
    job.delay = delay;
    return job;
}

QueueSettings with_turns(std::uint32_t number) {
    QueueSettings settings;
    settings.key_concurrency = number;
    return settings;
}

/// For the stores' key views: how many wait, and who has a turn.
void expect_key(Store& store, std::uint64_t blocked, const std::vector<JobId>& holders,
                std::string_view key = "k") {
    const auto view = store.find_key("default", key);
    ASSERT_TRUE(view.has_value());
    EXPECT_EQ(view->queue, "default");
    EXPECT_EQ(view->key, key);
    EXPECT_EQ(view->blocked, blocked);
    EXPECT_EQ(view->holders, holders);
}

}  // namespace

TEST_P(StoreContract, JobsOfOneKeyRunOneAfterTheOther) {
    std::vector<JobId> ids;
    for (int i = 0; i < 4; ++i)
        ids.push_back(add(keyed(job())));
    for (const JobId& id : ids) {
        const auto leases = claim();
        ASSERT_EQ(ids_of(leases), std::vector{id});
        EXPECT_EQ(leases[0].key, "k");
        EXPECT_TRUE(claim().empty());
        complete(leases[0]);
    }
    EXPECT_TRUE(claim().empty());
    EXPECT_FALSE(store_->find_key("default", "k"));
}

TEST_P(StoreContract, OneBatchOfAKeyRunsOneAfterTheOther) {
    std::vector<NewJob> batch{keyed(job()), keyed(job()), keyed(job())};
    ASSERT_EQ(store_->insert(batch).size(), 3U);
    EXPECT_EQ(ids_of(claim()), std::vector{batch[0].id});
    EXPECT_EQ(blocked(), (std::vector{batch[1].id, batch[2].id}));
}

TEST_P(StoreContract, TurnsThatEndInOneCallGoToTheNextOfEachKey) {
    store_->set_queue_settings("wide", with_turns(2));
    std::vector<std::vector<JobId>> rounds(3);
    for (auto& round : rounds) {
        for (int key = 0; key < 12; ++key) {
            round.push_back(add(keyed(job(), "k" + std::to_string(key))));
            if (key % 5 == 0) add(job("not claimed"));
        }
        for (int i = 0; i < 2; ++i)
            round.push_back(add(keyed(job("t", "wide"), "w")));
    }
    for (const auto& round : rounds) {
        const auto leases = claim({worker(), {{"default", 50}, {"wide", 50}}, {"t"}, 15s});
        ASSERT_EQ(ids_of(leases), round);
        std::vector<Settlement> items;
        for (const Lease& lease : leases)
            items.push_back(to(lease, JobState::completed));
        EXPECT_EQ(store_->settle(items), std::vector<SettleResult>(items.size(), SettleResult::ok));
    }
    EXPECT_TRUE(store_->blocked_keys(100).empty());
    EXPECT_FALSE(store_->find_key("default", "k0"));
    EXPECT_FALSE(store_->find_key("wide", "w"));
    for (const auto& finding : store_->check())
        EXPECT_TRUE(finding.ok || finding.what == "free space") << finding.detail;
}

TEST_P(StoreContract, TurnsThatAreTooManyByNowEndWithoutAnHeir) {
    store_->set_queue_settings("default", with_turns(3));
    std::vector<JobId> ids;
    for (int i = 0; i < 5; ++i)
        ids.push_back(add(keyed(job())));
    const auto leases = claim();
    ASSERT_EQ(leases.size(), 3U);
    store_->set_queue_settings("default", with_turns(1));
    const std::array two{to(leases[0], JobState::completed), to(leases[1], JobState::completed)};
    static_cast<void>(store_->settle(two));
    EXPECT_TRUE(claim().empty());
    expect_key(*store_, 2, {ids[2]});
    complete(leases[2]);
    EXPECT_EQ(ids_of(claim()), std::vector{ids[3]});
}

TEST_P(StoreContract, BlockedJobsAreAvailableAndSaySo) {
    REQUIRE_VIRTUAL_CLOCK();
    const JobId first = add(keyed(job()));
    const JobId second = add(keyed(job()));
    const JobId third = add(keyed(job()));
    EXPECT_EQ(get(first).key, "k");
    EXPECT_FALSE(get(first).blocked);
    EXPECT_EQ(state(second), JobState::available);
    EXPECT_TRUE(get(second).blocked);
    EXPECT_EQ(ids_of(store_->list({{JobState::available}, {}, {}, {}}, 10, "").jobs),
              (std::vector{third, second, first}));
    EXPECT_EQ(blocked(), (std::vector{second, third}));
    complete(claim_one());
    clock_.advance(5s);
    (void)claim_one();
    const StoreStats stats = store_->stats();
    EXPECT_EQ(stats.states.at(JobState::available), 1U);
    EXPECT_EQ(stats.queues.at("default").available, 1U);
    EXPECT_EQ(stats.queues.at("default").oldest_available, Duration{5s});
    EXPECT_TRUE(get(third).blocked);
}

TEST_P(StoreContract, KeysBlockTheirOwnJobsOfTheirOwnQueueOnly) {
    add(keyed(job()));
    const JobId behind = add(keyed(job()));
    add(keyed(job("t", "other")));
    add(keyed(job(), "l"));
    add_many(2);
    EXPECT_EQ(blocked(), std::vector{behind});
    EXPECT_EQ(claim({worker(), {{"default", 10}, {"other", 10}}, {"t"}, 15s}).size(), 5U);
}

TEST_P(StoreContract, TypesOfOneKeyShareItsTurns) {
    add(keyed(job("a")));
    const JobId other = add(keyed(job("b")));
    EXPECT_TRUE(claim({worker(), {{"default", 10}}, {"b"}, 15s}).empty());
    const auto leases = claim({worker(), {{"default", 10}}, {"a", "b"}, 15s});
    ASSERT_EQ(leases.size(), 1U);
    complete(leases[0]);
    EXPECT_EQ(ids_of(claim({worker(), {{"default", 10}}, {"b"}, 15s})), std::vector{other});
}

TEST_P(StoreContract, ATurnIsKeptThroughRetriesSnoozesAndReleases) {
    REQUIRE_VIRTUAL_CLOCK();
    const JobId first = add(keyed(job()));
    const JobId second = add(keyed(job()));
    for (const JobState pause : {JobState::retryable, JobState::scheduled, JobState::available}) {
        settle(to(claim_one(), pause, 10s));
        EXPECT_EQ(blocked(), std::vector{second}) << to_string(pause);
        expect_key(*store_, 1, {first});
        clock_.advance(5s);
        EXPECT_EQ(claim(5).size(), pause == JobState::available ? 1U : 0U);
        if (pause == JobState::available) break;
        clock_.advance(5s);
        EXPECT_EQ(store_->promote_due(10).promoted, 1U);
        EXPECT_FALSE(get(first).blocked);
        EXPECT_EQ(blocked(), std::vector{second});
    }
    EXPECT_EQ(state(first), JobState::active);
}

TEST_P(StoreContract, ATurnIsKeptThroughARescue) {
    const JobId first = add(keyed(job()));
    const JobId second = add(keyed(job()));
    auto doomed = join("doomed");
    ASSERT_EQ(store_->claim({doomed->id(), {{"default", 5}}, {"t"}, 1h}).size(), 1U);
    doomed.reset();
    EXPECT_TRUE(claim().empty());
    const auto taken = store_->take_over_expired(worker(), 5, 15s);
    ASSERT_EQ(taken.size(), 1U);
    EXPECT_EQ(taken[0].lease.key, "k");
    EXPECT_TRUE(claim().empty());
    Settlement back = to(taken[0].lease, JobState::available);
    back.counts_crash = true;
    EXPECT_EQ(settle(back), SettleResult::ok);
    EXPECT_EQ(ids_of(claim()), std::vector{first});
    EXPECT_EQ(blocked(), std::vector{second});
}

TEST_P(StoreContract, EveryEndGivesTheTurnToTheNext) {
    for (const JobState end : {JobState::completed, JobState::discarded, JobState::cancelled}) {
        const JobId first = add(keyed(job()));
        const JobId second = add(keyed(job()));
        const Lease lease = claim_one();
        ASSERT_EQ(lease.ref.id, first);
        expect_wakes(*store_, WakeChannel::work, [&] { settle(to(lease, end)); });
        EXPECT_FALSE(get(second).blocked) << to_string(end);
        EXPECT_EQ(run(), std::vector{second});
    }
}

TEST_P(StoreContract, ACancelRequestEndsTheTurnWithTheSettlement) {
    add(keyed(job()));
    const JobId second = add(keyed(job()));
    const Lease lease = claim_one();
    ASSERT_EQ(cancel(lease.ref.id), ControlResult::requested);
    EXPECT_TRUE(get(second).blocked);
    EXPECT_EQ(settle(to(lease, JobState::retryable, 1h)), SettleResult::recorded_cancel);
    EXPECT_EQ(ids_of(claim()), std::vector{second});
}

TEST_P(StoreContract, CancellingAndRemovingAHolderGivesItsTurnOn) {
    for (const JobState held : {JobState::available, JobState::scheduled, JobState::retryable}) {
        for (const bool removed : {false, true}) {
            const JobId first = add(keyed(job()));
            const JobId second = add(keyed(job()));
            if (held != JobState::available) settle(to(claim_one(), held, 1h));
            ASSERT_EQ(state(first), held);
            ASSERT_TRUE(get(second).blocked);
            expect_wakes(*store_, WakeChannel::work, [&] {
                EXPECT_EQ(removed ? remove(first) : cancel(first), ControlResult::done);
            });
            EXPECT_EQ(run(), std::vector{second}) << to_string(held) << removed;
        }
    }
}

TEST_P(StoreContract, TheNextIsWhoStandsInFrontWhateverItsPriority) {
    REQUIRE_VIRTUAL_CLOCK();
    const JobId first = add(keyed(job()));
    const JobId late = add(due_in(keyed(job()), 20s));
    const JobId early = add(due_in(keyed(job()), 10s));
    const JobId now = add(keyed(job()));
    NewJob urgent = keyed(job());
    urgent.priority = 100;
    add(urgent);
    clock_.advance(30s);
    ASSERT_EQ(store_->promote_due(10).promoted, 2U);
    const JobId fresh = add(keyed(job()));
    EXPECT_EQ(run(), (std::vector{first, now, urgent.id, early, late, fresh}));
}

TEST_P(StoreContract, AStackOfOneKeyIsServedFromTheTop) {
    QueueSettings settings;
    settings.order = QueueOrder::lifo;
    store_->set_queue_settings("default", settings);
    const JobId first = add(keyed(job()));
    const JobId second = add(keyed(job()));
    const JobId third = add(keyed(job()));
    EXPECT_EQ(run(), (std::vector{first, third, second}));
}

TEST_P(StoreContract, AScheduledJobHasNoTurnUntilItIsDue) {
    REQUIRE_VIRTUAL_CLOCK();
    const JobId later = add(due_in(keyed(job()), 10s));
    EXPECT_FALSE(get(later).blocked);
    EXPECT_FALSE(store_->find_key("default", "k"));
    const JobId now = add(keyed(job()));
    expect_key(*store_, 0, {now});
    const Lease lease = claim_one();
    EXPECT_EQ(lease.ref.id, now);
    clock_.advance(10s);
    EXPECT_EQ(store_->promote_due(10).promoted, 1U);
    EXPECT_EQ(state(later), JobState::available);
    EXPECT_TRUE(get(later).blocked);
    EXPECT_TRUE(claim().empty());
    complete(lease);
    EXPECT_EQ(ids_of(claim()), std::vector{later});
}

TEST_P(StoreContract, TheFirstOneDueGetsTheTurn) {
    REQUIRE_VIRTUAL_CLOCK();
    const JobId late = add(due_in(keyed(job()), 20s));
    const JobId early = add(due_in(keyed(job()), 10s));
    clock_.advance(30s);
    EXPECT_EQ(store_->promote_due(10).promoted, 2U);
    EXPECT_EQ(blocked(), std::vector{late});
    EXPECT_EQ(run(), (std::vector{early, late}));
}

TEST_P(StoreContract, AsManyRunAtOnceAsTheSettingsSay) {
    store_->set_queue_settings("default", with_turns(2));
    std::vector<JobId> ids;
    for (int i = 0; i < 5; ++i)
        ids.push_back(add(keyed(job())));
    const auto leases = claim();
    EXPECT_EQ(ids_of(leases), (std::vector{ids[0], ids[1]}));
    expect_key(*store_, 3, {ids[0], ids[1]});
    complete(leases[1]);
    EXPECT_EQ(ids_of(claim()), std::vector{ids[2]});
    complete(leases[0]);
    EXPECT_EQ(ids_of(claim()), std::vector{ids[3]});
    expect_key(*store_, 1, {ids[2], ids[3]});
}

TEST_P(StoreContract, WithZeroTurnsKeysHoldNobodyBack) {
    store_->set_queue_settings("default", with_turns(0));
    for (int i = 0; i < 3; ++i)
        add(keyed(job()));
    EXPECT_TRUE(blocked().empty());
    EXPECT_FALSE(store_->find_key("default", "k"));
    EXPECT_EQ(claim().size(), 3U);
}

TEST_P(StoreContract, RaisingTheNumberAdmitsAtOnce) {
    std::vector<JobId> ids;
    for (int i = 0; i < 6; ++i)
        ids.push_back(add(keyed(job())));
    const JobId other = add(keyed(job("t", "other")));
    const JobId behind = add(keyed(job("t", "other")));
    expect_wakes(*store_, WakeChannel::work,
                 [&] { store_->set_queue_settings("default", with_turns(3)); });
    expect_key(*store_, 3, {ids[0], ids[1], ids[2]});
    EXPECT_EQ(ids_of(claim()), (std::vector{ids[0], ids[1], ids[2]}));
    store_->set_queue_settings("default", with_turns(0));
    EXPECT_EQ(ids_of(claim()), (std::vector{ids[3], ids[4], ids[5]}));
    expect_key(*store_, 0, {ids[0], ids[1], ids[2]});
    EXPECT_EQ(blocked(), std::vector{behind});
    EXPECT_FALSE(get(other).blocked);
}

TEST_P(StoreContract, WhoBeganWithoutATurnStandsInLineWhenItIsDueAgain) {
    REQUIRE_VIRTUAL_CLOCK();
    store_->set_queue_settings("default", with_turns(0));
    const JobId released = add(keyed(job()));
    const JobId retried = add(keyed(job()));
    const auto leases = claim();
    ASSERT_EQ(leases.size(), 2U);
    store_->set_queue_settings("default", with_turns(1));
    const JobId holder = add(keyed(job()));
    expect_key(*store_, 0, {holder});
    settle(to(leases[0], JobState::available));
    EXPECT_FALSE(get(released).blocked) << "it was let through before";
    settle(to(leases[1], JobState::retryable, 1s));
    clock_.advance(1s);
    ASSERT_EQ(store_->promote_due(10).promoted, 1U);
    EXPECT_TRUE(get(retried).blocked);
    EXPECT_EQ(ids_of(claim()), (std::vector{released, holder}));
}

TEST_P(StoreContract, LoweringTheNumberTakesNoTurnAway) {
    store_->set_queue_settings("default", with_turns(3));
    std::vector<JobId> ids;
    for (int i = 0; i < 4; ++i)
        ids.push_back(add(keyed(job())));
    store_->set_queue_settings("default", with_turns(1));
    const auto leases = claim();
    EXPECT_EQ(ids_of(leases), (std::vector{ids[0], ids[1], ids[2]}));
    complete(leases[0]);
    complete(leases[1]);
    EXPECT_TRUE(get(ids[3]).blocked);
    complete(leases[2]);
    EXPECT_EQ(ids_of(claim()), std::vector{ids[3]});
}

TEST_P(StoreContract, AnEndedJobStandsInLineAnewWhenItIsRetried) {
    const JobId ended = add(keyed(job()));
    complete(claim_one());
    const JobId other = add(keyed(job()));
    const JobId behind = add(keyed(job()));
    ASSERT_EQ(retry(ended), ControlResult::done);
    EXPECT_EQ(state(ended), JobState::available);
    EXPECT_TRUE(get(ended).blocked);
    EXPECT_EQ(retry(ended), ControlResult::refused);
    EXPECT_EQ(run(), (std::vector{other, ended, behind})) << "it kept its place";
    ASSERT_EQ(retry(other), ControlResult::done);
    EXPECT_FALSE(get(other).blocked);
    expect_key(*store_, 0, {other});
}

TEST_P(StoreContract, AnOperatorsRetryOfAWaitingJobTriesForATurn) {
    const JobId free = add(due_in(keyed(job(), "free"), 1h));
    const JobId later = add(due_in(keyed(job()), 1h));
    const JobId holder = add(keyed(job()));
    settle(to(claim_one(), JobState::retryable, 1h));
    ASSERT_EQ(retry(free), ControlResult::done);
    ASSERT_EQ(retry(later), ControlResult::done);
    EXPECT_FALSE(get(free).blocked);
    EXPECT_TRUE(get(later).blocked);
    ASSERT_EQ(retry(holder), ControlResult::done);
    EXPECT_FALSE(get(holder).blocked) << "it has its turn still";
    auto ran = run();
    ASSERT_EQ(ran.size(), 3U);
    EXPECT_EQ(ran.back(), later);
}

TEST_P(StoreContract, ABlockedJobIsCancelledAtOnce) {
    const JobId first = add(keyed(job()));
    const JobId second = add(keyed(job()));
    const JobId third = add(keyed(job()));
    expect_wakes(*store_, WakeChannel::ended,
                 [&] { EXPECT_EQ(cancel(second), ControlResult::done); });
    EXPECT_EQ(state(second), JobState::cancelled);
    EXPECT_FALSE(get(second).blocked);
    expect_key(*store_, 1, {first});
    EXPECT_TRUE(get(third).blocked);
    EXPECT_EQ(run(), (std::vector{first, third}));
}

TEST_P(StoreContract, ABlockedJobIsRemoved) {
    const JobId first = add(keyed(job()));
    const JobId second = add(keyed(job()));
    const JobId third = add(keyed(job()));
    EXPECT_EQ(remove(second), ControlResult::done);
    EXPECT_FALSE(store_->find(second));
    expect_key(*store_, 1, {first});
    EXPECT_EQ(run(), (std::vector{first, third}));
}

TEST_P(StoreContract, UnblockingPassesTheTurnOfAWaitingJobOn) {
    REQUIRE_VIRTUAL_CLOCK();
    const JobId stuck = add(keyed(job()));
    const JobId second = add(keyed(job()));
    const JobId third = add(keyed(job()));
    settle(to(claim_one(), JobState::retryable, 10s));
    EXPECT_TRUE(claim().empty());
    expect_wakes(*store_, WakeChannel::work,
                 [&] { EXPECT_EQ(store_->unblock_key("default", "k"), 1U); });
    EXPECT_EQ(state(stuck), JobState::retryable);
    expect_key(*store_, 1, {second});
    const Lease lease = claim_one();
    EXPECT_EQ(lease.ref.id, second);
    clock_.advance(10s);
    EXPECT_EQ(store_->promote_due(10).promoted, 1U);
    EXPECT_EQ(blocked(), (std::vector{stuck, third})) << "it stands in line anew";
    complete(lease);
    EXPECT_EQ(run(), (std::vector{stuck, third})) << "it kept its place";
}

TEST_P(StoreContract, UnblockingTakesTurnsFromNobodyElse) {
    const JobId first = add(keyed(job()));
    const JobId second = add(keyed(job()));
    EXPECT_EQ(store_->unblock_key("default", "k"), 0U) << "the holder is available";
    const Lease lease = claim_one();
    EXPECT_EQ(store_->unblock_key("default", "k"), 0U) << "the holder is active";
    expect_key(*store_, 1, {first});
    EXPECT_TRUE(get(second).blocked);
    EXPECT_EQ(store_->unblock_key("default", "unknown"), 0U);
    settle(to(lease, JobState::scheduled, 1h));
    EXPECT_EQ(store_->unblock_key("other", "k"), 0U);
    expect_error(ErrorCode::invalid_argument, [&] { (void)store_->unblock_key("", "k"); });
    expect_error(ErrorCode::invalid_argument, [&] { (void)store_->unblock_key("default", ""); });
    EXPECT_TRUE(get(second).blocked);
}

TEST_P(StoreContract, UnblockingFreesAllWaitingHolders) {
    REQUIRE_VIRTUAL_CLOCK();
    store_->set_queue_settings("default", with_turns(3));
    std::vector<JobId> ids;
    for (int i = 0; i < 5; ++i)
        ids.push_back(add(keyed(job())));
    auto leases = claim();
    ASSERT_EQ(leases.size(), 3U);
    settle(to(leases[0], JobState::retryable, 1h));
    settle(to(leases[2], JobState::scheduled, 1h));
    EXPECT_EQ(store_->unblock_key("default", "k"), 2U);
    expect_key(*store_, 0, {ids[1], ids[3], ids[4]});
    EXPECT_EQ(ids_of(claim()), (std::vector{ids[3], ids[4]}));
}

TEST_P(StoreContract, UnblockingWithNobodyBehindOnlyFreesTheKey) {
    REQUIRE_VIRTUAL_CLOCK();
    const JobId alone = add(keyed(job()));
    settle(to(claim_one(), JobState::retryable, 10s));
    EXPECT_EQ(store_->unblock_key("default", "k"), 1U);
    EXPECT_EQ(store_->unblock_key("default", "k"), 0U);
    EXPECT_FALSE(store_->find_key("default", "k"));
    clock_.advance(10s);
    ASSERT_EQ(store_->promote_due(10).promoted, 1U);
    expect_key(*store_, 0, {alone});
    EXPECT_EQ(run(), std::vector{alone});
}

TEST_P(StoreContract, KeysWithMostWaitingAreListedFirst) {
    const std::map<std::string, int> jobs{{"one", 2}, {"four", 5}, {"two", 3}, {"none", 1}};
    for (const auto& [key, count] : jobs) {
        for (int i = 0; i < count; ++i)
            add(keyed(job(), key));
    }
    auto views = store_->blocked_keys(10);
    ASSERT_EQ(views.size(), 3U);
    EXPECT_EQ(views[0].key, "four");
    EXPECT_EQ(views[0].queue, "default");
    EXPECT_EQ(views[0].blocked, 4U);
    EXPECT_EQ(views[0].holders.size(), 1U);
    EXPECT_EQ(views[1].key, "two");
    EXPECT_EQ(views[2].key, "one");
    views = store_->blocked_keys(2);
    ASSERT_EQ(views.size(), 2U);
    EXPECT_EQ(views[1].key, "two");
    EXPECT_EQ(store_->blocked_keys(1'000).size(), 3U);
    expect_error(ErrorCode::invalid_argument, [&] { (void)store_->blocked_keys(0); });
    expect_error(ErrorCode::invalid_argument, [&] { (void)store_->blocked_keys(1'001); });
}

TEST_P(StoreContract, AStaleSettlementGivesNoTurnAway) {
    REQUIRE_VIRTUAL_CLOCK();
    const JobId first = add(keyed(job()));
    const JobId second = add(keyed(job()));
    const Lease stale = claim_one(10s);
    clock_.advance(10s);
    const auto taken = store_->take_over_expired(worker(), 5, 15s);
    ASSERT_EQ(taken.size(), 1U);
    EXPECT_EQ(settle(to(stale, JobState::completed)), SettleResult::lease_lost);
    expect_key(*store_, 1, {first});
    EXPECT_EQ(blocked(), std::vector{second});
    complete(taken[0].lease);
    EXPECT_TRUE(blocked().empty());
}

TEST_P(StoreContract, ARepeatedSettlementGivesOneTurnOn) {
    add(keyed(job()));
    const JobId second = add(keyed(job()));
    const JobId third = add(keyed(job()));
    const Lease lease = claim_one();
    complete(lease);
    EXPECT_EQ(settle(to(lease, JobState::completed)), SettleResult::already_settled);
    expect_key(*store_, 1, {second});
    EXPECT_EQ(blocked(), std::vector{third});
}

TEST_P(StoreContract, SettlingHolderAndSuccessorsInOneCallPassesTheTurnAlong) {
    store_->set_queue_settings("default", with_turns(2));
    std::vector<JobId> ids;
    for (int i = 0; i < 5; ++i)
        ids.push_back(add(keyed(job())));
    const auto leases = claim();
    ASSERT_EQ(leases.size(), 2U);
    const std::array ends{to(leases[0], JobState::completed), to(leases[1], JobState::discarded)};
    ASSERT_EQ(store_->settle(ends).size(), 2U);
    expect_key(*store_, 1, {ids[2], ids[3]});
}

TEST_P(StoreContract, ARepeatedOrRefusedInsertTakesNoTurn) {
    NewJob first = keyed(job());
    first.unique_key = "u";
    add(first);
    complete(claim_one());
    EXPECT_EQ(store_->insert({&first, 1}).at(0).kind, InsertResult::Kind::already_there);
    EXPECT_FALSE(store_->find_key("default", "k"));
    NewJob holder = job();
    holder.unique_key = "u";
    add(holder);
    NewJob duplicate = keyed(job());
    duplicate.unique_key = "u";
    EXPECT_EQ(store_->insert({&duplicate, 1}).at(0).kind, InsertResult::Kind::duplicate);
    EXPECT_FALSE(store_->find_key("default", "k"));
}

TEST_P(StoreContract, TurnsOutliveTheStoreObject) {
    REQUIRE_PERSISTENCE();
    const JobId first = add(keyed(job()));
    const JobId second = add(keyed(job()));
    settle(to(claim_one(), JobState::retryable, 1h));
    session_.reset();
    store_.reset();
    store_ = open();
    expect_key(*store_, 1, {first});
    EXPECT_TRUE(get(second).blocked);
    EXPECT_TRUE(claim().empty());
    EXPECT_EQ(cancel(first), ControlResult::done);
    EXPECT_EQ(run(), std::vector{second});
}

TEST_P(StoreContract, AStoreWithTurnsChecksOut) {
    for (int i = 0; i < 3; ++i) {
        add(keyed(job()));
        add(due_in(keyed(job()), 1h));
    }
    settle(to(claim_one(), JobState::retryable, 1h));
    for (const CheckFinding& finding : store_->check())
        EXPECT_TRUE(finding.ok) << finding.what << ": " << finding.detail;
}

// Many threads: never two of one key at once, and each key in order.
TEST_P(StoreContract, ThreadsKeepEachKeysOrder) {
    constexpr int keys = 4;
    constexpr int jobs_each = 30;
    std::map<std::string, std::vector<JobId>> wanted;
    for (int i = 0; i < keys * jobs_each; ++i) {
        const std::string key = "k" + std::to_string(i % keys);
        wanted[key].push_back(add(keyed(job(), key)));
    }
    const WorkerId id = worker();
    std::mutex mutex;
    std::map<std::string, std::vector<JobId>> seen;
    std::map<std::string, int> active;
    std::atomic<int> ended{0};
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 3; ++i) {
            threads.emplace_back([&] {
                while (ended < keys * jobs_each) {
                    const std::uint32_t generation = store_->generation(WakeChannel::work);
                    const auto leases = store_->claim({id, {{"default", 2}}, {"t"}, 15s});
                    for (const Lease& lease : leases) {
                        const std::lock_guard lock{mutex};
                        EXPECT_EQ(++active[lease.key], 1);
                        if (lease.ref.lease_seq == 2) seen[lease.key].push_back(lease.ref.id);
                    }
                    for (const Lease& lease : leases) {
                        {
                            const std::lock_guard lock{mutex};
                            --active[lease.key];
                        }
                        const bool again = lease.ref.lease_seq == 1;
                        settle(to(lease, again ? JobState::available : JobState::completed));
                        ended += !again;
                    }
                    if (ended == keys * jobs_each)
                        store_->wake(WakeChannel::work);
                    else if (leases.empty())
                        store_->wait(WakeChannel::work, generation, 20s);
                }
            });
        }
    }
    EXPECT_EQ(seen, wanted);
}

}  // namespace errand::test
