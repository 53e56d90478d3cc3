#include "conformance/suite/fixture.hpp"

#include <algorithm>
#include <ranges>

// The orders of queues: fifo with aging, lifo, fair shares; and their settings.

namespace errand::test {

namespace {

QueueSettings ordered(QueueOrder order) {
    QueueSettings settings;
    settings.order = order;
    return settings;
}

/// Keys share the queue and do not hold anybody back.
QueueSettings fair(std::map<std::string, std::uint32_t> weights = {}) {
    QueueSettings settings = ordered(QueueOrder::fair);
    settings.key_concurrency = 0;
    settings.key_weights = std::move(weights);
    return settings;
}

NewJob of(std::string_view key, NewJob job) {
    job.key = key;
    return job;
}

NewJob with_priority(std::int32_t priority, NewJob job) {
    job.priority = priority;
    return job;
}

std::vector<NewJob> many_of(std::string_view key, std::size_t count, const NewJob& like) {
    std::vector<NewJob> jobs(count, of(key, like));
    for (NewJob& job : jobs)
        job.id = new_job_id();
    return jobs;
}

std::vector<std::string> keys_of(const std::vector<Lease>& leases) {
    std::vector<std::string> keys;
    for (const Lease& lease : leases)
        keys.push_back(lease.key);
    return keys;
}

}  // namespace

TEST_P(StoreContract, AStackServesTheNewestFirst) {
    store_->set_queue_settings("default", ordered(QueueOrder::lifo));
    auto ids = add_many(3);
    ids.push_back(add());
    std::ranges::reverse(ids);
    EXPECT_EQ(ids_of(claim()), ids);
}

TEST_P(StoreContract, PriorityGoesBeforeTheStacksOrder) {
    store_->set_queue_settings("default", ordered(QueueOrder::lifo));
    const JobId high = add(with_priority(1, job()));
    const JobId low = add(with_priority(-1, job()));
    const JobId normal = add();
    EXPECT_EQ(ids_of(claim()), (std::vector{high, normal, low}));
}

TEST_P(StoreContract, AJobKeepsItsPlaceInAStack) {
    store_->set_queue_settings("default", ordered(QueueOrder::lifo));
    const JobId bottom = add();
    const JobId middle = add();
    const Lease lease = claim_one();
    ASSERT_EQ(lease.ref.id, middle);
    const JobId top = add();
    settle(to(lease, JobState::available));
    EXPECT_EQ(ids_of(claim()), (std::vector{top, middle, bottom}));
}

TEST_P(StoreContract, AStackGoesByInsertionNotByDueTime) {
    REQUIRE_VIRTUAL_CLOCK();
    store_->set_queue_settings("default", ordered(QueueOrder::lifo));
    NewJob later = job();
    later.delay = 10s;
    add(later);
    const JobId now = add();
    clock_.advance(10s);
    ASSERT_EQ(store_->promote_due(10).promoted, 1U);
    EXPECT_EQ(ids_of(claim()), (std::vector{now, later.id}));
}

TEST_P(StoreContract, WithAgingAStepOfPriorityIsWorthSoMuchWaiting) {
    REQUIRE_VIRTUAL_CLOCK();
    QueueSettings settings;
    settings.aging = 10s;
    store_->set_queue_settings("default", settings);
    const JobId waiting = add();
    clock_.advance(10s - 1us);
    const JobId a_little_earlier = add(with_priority(1, job()));
    clock_.advance(1us);
    const JobId just_as_early = add(with_priority(1, job()));
    clock_.advance(1us);
    const JobId later = add(with_priority(1, job()));
    const JobId far_ahead = add(with_priority(2, job()));
    EXPECT_EQ(ids_of(claim()),
              (std::vector{far_ahead, a_little_earlier, waiting, just_as_early, later}));
}

TEST_P(StoreContract, WithAgingTheLowestPriorityDoesNotStarve) {
    REQUIRE_VIRTUAL_CLOCK();
    QueueSettings settings;
    settings.aging = 1s;
    store_->set_queue_settings("default", settings);
    const JobId lowest = add(with_priority(-10, job()));
    int before_it = 0;
    for (;; ++before_it) {
        ASSERT_LT(before_it, 100);
        add(with_priority(10, job()));
        const Lease lease = claim_one();
        complete(lease);
        if (lease.ref.id == lowest) break;
        clock_.advance(1s);
    }
    EXPECT_EQ(before_it, 20);
}

TEST_P(StoreContract, WithoutAgingPriorityAlwaysGoesFirst) {
    REQUIRE_VIRTUAL_CLOCK();
    const JobId low = add();
    clock_.advance(365 * 24h);
    const JobId high = add(with_priority(1, job()));
    EXPECT_EQ(ids_of(claim()), (std::vector{high, low}));
}

TEST_P(StoreContract, SettingsCountForLaterJobsOnly) {
    auto old = add_many(2);
    store_->set_queue_settings("default", ordered(QueueOrder::lifo));
    const JobId third = add();
    const JobId fourth = add();
    EXPECT_EQ(ids_of(claim()), (std::vector{fourth, third, old[0], old[1]}));
}

TEST_P(StoreContract, SettingsAreThoseOfOneQueue) {
    store_->set_queue_settings("other", ordered(QueueOrder::lifo));
    const auto ids = add_many(3);
    EXPECT_EQ(ids_of(claim()), ids);
}

TEST_P(StoreContract, KeysTakeTurnsInAFairQueue) {
    store_->set_queue_settings("default", fair());
    ASSERT_EQ(store_->insert(many_of("a", 4, job())).size(), 4U);
    ASSERT_EQ(store_->insert(many_of("b", 4, job())).size(), 4U);
    EXPECT_EQ(keys_of(claim()), (std::vector<std::string>{"a", "b", "a", "b", "a", "b", "a", "b"}));
}

TEST_P(StoreContract, JobsOfOneKeyKeepTheirOrderInAFairQueue) {
    store_->set_queue_settings("default", fair());
    const auto a = many_of("a", 5, job());
    ASSERT_EQ(store_->insert(a).size(), 5U);
    ASSERT_EQ(store_->insert(many_of("b", 5, job())).size(), 5U);
    std::vector<JobId> seen;
    for (const Lease& lease : claim()) {
        if (lease.key == "a") seen.push_back(lease.ref.id);
    }
    EXPECT_TRUE(std::ranges::equal(seen, a, {}, {}, &NewJob::id));
}

TEST_P(StoreContract, SharesFollowTheWeights) {
    store_->set_queue_settings("default", fair({{"heavy", 3}, {"light", 1}}));
    for (const char* key : {"light", "heavy", "unnamed"})
        ASSERT_EQ(store_->insert(many_of(key, 100, job())).size(), 100U);
    std::map<std::string, int> served;
    for (int claimed = 1; claimed <= 100; ++claimed) {
        ++served[claim_one().key];
        if (claimed % 5 != 0) continue;
        // In the measure of 3 : 1 : 1, one job more or less.
        EXPECT_NEAR(served["heavy"], claimed * 3 / 5, 2) << claimed;
        EXPECT_NEAR(served["light"], claimed / 5, 1) << claimed;
        EXPECT_NEAR(served["unnamed"], claimed / 5, 1) << claimed;
    }
}

TEST_P(StoreContract, ANewcomerIsServedAtOnceBehindABigTenant) {
    store_->set_queue_settings("default", fair());
    for (int batch = 0; batch < 4; ++batch)
        ASSERT_EQ(store_->insert(many_of("big", 500, job())).size(), 500U);
    const JobId early = add(of("early", job()));
    EXPECT_EQ(ids_of(claim(2)).back(), early) << "before anything was claimed";
    ASSERT_EQ(claim(300).size(), 300U);
    const JobId newcomer = add(of("newcomer", job()));
    EXPECT_EQ(claim_one().ref.id, newcomer);
}

TEST_P(StoreContract, AnIdleKeySavesNothingUp) {
    store_->set_queue_settings("default", fair());
    add(of("b", job()));
    ASSERT_EQ(store_->insert(many_of("a", 100, job())).size(), 100U);
    ASSERT_EQ(claim(51).size(), 51U);  // b's job among them
    ASSERT_EQ(store_->insert(many_of("b", 50, job())).size(), 50U);
    const auto next = keys_of(claim(20));
    EXPECT_NEAR(std::ranges::count(next, "b"), 10, 1);
}

TEST_P(StoreContract, JobsWithoutAKeyShareLikeOneKey) {
    store_->set_queue_settings("default", fair());
    add_many(4);
    ASSERT_EQ(store_->insert(many_of("a", 4, job())).size(), 4U);
    EXPECT_EQ(keys_of(claim(4)), (std::vector<std::string>{"", "a", "", "a"}));
}

TEST_P(StoreContract, PriorityGoesBeforeFairness) {
    store_->set_queue_settings("default", fair());
    ASSERT_EQ(store_->insert(many_of("a", 3, job())).size(), 3U);
    add(of("b", job()));
    const JobId urgent = add(of("a", with_priority(1, job())));
    EXPECT_EQ(claim_one().ref.id, urgent);
}

TEST_P(StoreContract, AJobKeepsItsPlaceInAFairQueue) {
    store_->set_queue_settings("default", fair());
    ASSERT_EQ(store_->insert(many_of("a", 3, job())).size(), 3U);
    ASSERT_EQ(store_->insert(many_of("b", 3, job())).size(), 3U);
    const auto leases = claim(3);
    ASSERT_EQ(leases.size(), 3U);
    settle(to(leases[0], JobState::available));
    EXPECT_EQ(claim_one().ref.id, leases[0].ref.id);
}

TEST_P(StoreContract, ScheduledJobsHaveTheirPlaceInAFairQueueFromTheStart) {
    REQUIRE_VIRTUAL_CLOCK();
    store_->set_queue_settings("default", fair());
    NewJob later = of("a", job());
    later.delay = 10s;
    add(later);
    const JobId second = add(of("a", job()));
    const JobId other = add(of("b", job()));
    clock_.advance(10s);
    ASSERT_EQ(store_->promote_due(10).promoted, 1U);
    EXPECT_EQ(ids_of(claim()), (std::vector{later.id, other, second}));
}

TEST_P(StoreContract, ARepeatedInsertTakesNoShare) {
    store_->set_queue_settings("default", fair());
    const NewJob first = of("a", job());
    add(first);
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(store_->insert({&first, 1}).at(0).kind, InsertResult::Kind::already_there);
    const JobId second = add(of("a", job()));
    const auto others = many_of("b", 3, job());
    ASSERT_EQ(store_->insert(others).size(), 3U);
    EXPECT_EQ(ids_of(claim(4)), (std::vector{first.id, others[0].id, second, others[1].id}));
}

TEST_P(StoreContract, FairQueuesCanKeepKeysInOrder) {
    store_->set_queue_settings("default", ordered(QueueOrder::fair));
    ASSERT_EQ(store_->insert(many_of("a", 3, job())).size(), 3U);
    ASSERT_EQ(store_->insert(many_of("b", 3, job())).size(), 3U);
    for (int round = 0; round < 3; ++round) {
        const auto leases = claim();
        EXPECT_EQ(keys_of(leases), (std::vector<std::string>{"a", "b"}));
        for (const Lease& lease : leases)
            complete(lease);
    }
}

TEST_P(StoreContract, SharesOutliveTheStoreObject) {
    REQUIRE_PERSISTENCE();
    store_->set_queue_settings("default", fair());
    ASSERT_EQ(store_->insert(many_of("a", 100, job())).size(), 100U);
    ASSERT_EQ(claim(50).size(), 50U);
    session_.reset();
    store_.reset();
    store_ = open();
    ASSERT_EQ(store_->insert(many_of("a", 10, job())).size(), 10U);
    const auto newcomers = many_of("b", 10, job());
    ASSERT_EQ(store_->insert(newcomers).size(), 10U);
    const auto next = keys_of(claim(10));
    EXPECT_NEAR(std::ranges::count(next, "b"), 5, 1);
    EXPECT_EQ(store_->queue_settings(), (std::map{std::pair{std::string{"default"}, fair()}}));
}

TEST_P(StoreContract, SettingsAreListedUnlessTheyAreTheDefaultOnes) {
    EXPECT_TRUE(store_->queue_settings().empty());
    QueueSettings aging;
    aging.aging = 90s;
    aging.key_concurrency = 4;
    const QueueSettings shares = fair({{"a", 3}, {"b\xc3\xbc", 1'000}});
    store_->set_queue_settings("one", aging);
    store_->set_queue_settings("two", shares);
    store_->set_queue_settings("three", {});
    const std::map<std::string, QueueSettings> both{{"one", aging}, {"two", shares}};
    EXPECT_EQ(store_->queue_settings(), both);
    store_->set_queue_settings("two", {});
    const std::map<std::string, QueueSettings> one{{"one", aging}};
    EXPECT_EQ(store_->queue_settings(), one);
}

TEST_P(StoreContract, BadSettingsAreRefusedAndChangeNothing) {
    store_->set_queue_settings("default", fair());
    const auto before = store_->queue_settings();
    const auto refused = [&](std::string_view queue, const QueueSettings& settings) {
        expect_error(ErrorCode::invalid_argument,
                     [&] { store_->set_queue_settings(queue, settings); });
    };
    QueueSettings settings;
    settings.aging = -1us;
    refused("default", settings);
    settings.aging = 366 * 24h;
    refused("default", settings);
    settings = ordered(QueueOrder::lifo);
    settings.aging = 1s;
    refused("default", settings);
    settings = {};
    settings.key_concurrency = 1'001;
    refused("default", settings);
    settings = {};
    settings.key_weights = {{"a", 1}};
    refused("default", settings);
    refused("default", fair({{"a", 0}}));
    refused("default", fair({{"a", 1'001}}));
    refused("default", fair({{"", 1}}));
    refused("", {});
    refused("no spaces", {});
    EXPECT_EQ(store_->queue_settings(), before);
}

TEST_P(StoreContract, SettingAQueueWakesWorkAndControl) {
    expect_wakes(*store_, WakeChannel::work, [&] { store_->set_queue_settings("q", fair()); });
    expect_wakes(*store_, WakeChannel::control, [&] { store_->set_queue_settings("q", {}); });
}

}  // namespace errand::test
