#include "conformance/suite/fixture.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <thread>

// Concurrency and rate limits (invariants I9 and I11): decided in the claim, over all workers; what
// is full never holds back what is not.

namespace errand::test {

namespace {

Limit at_once(const Scope& scope, std::uint32_t concurrency) {
    return {.scope = scope, .concurrency = concurrency};
}

Limit window(const Scope& scope, std::uint32_t amount, Duration per) {
    Rate rate;
    rate.amount = amount;
    rate.per = per;
    return {.scope = scope, .rate = rate};
}

Limit bucket(const Scope& scope, std::uint32_t amount, Duration per, std::uint32_t burst) {
    Limit limit = window(scope, amount, per);
    limit.rate->kind = Rate::Kind::bucket;
    limit.rate->burst = burst;
    return limit;
}

NewJob keyed(NewJob job, std::string_view key) {
    job.key = key;
    return job;
}

NewJob weighing(std::uint32_t weight, NewJob job) {
    job.weight = weight;
    return job;
}

/// Keys hold nobody back: the tests here are about limits.
QueueSettings without_turns() {
    QueueSettings settings;
    settings.key_concurrency = 0;
    return settings;
}

std::vector<NewJob> many(std::size_t count, const NewJob& like) {
    std::vector<NewJob> jobs(count, like);
    for (NewJob& job : jobs)
        job.id = new_job_id();
    return jobs;
}

/// The limit of the scope as the store shows it.
LimitView view_of(Store& store, const Scope& scope) {
    for (LimitView& view : store.limits()) {
        if (view.limit.scope == scope) return std::move(view);
    }
    throw std::logic_error("no limit of " + to_string(scope));
}

/// No `amount` + 1 of the beginnings lie within a span of `per`, wherever it begins.
void expect_within(const std::vector<Timestamp>& begun, std::size_t amount, Duration per) {
    for (std::size_t i = amount; i < begun.size(); ++i)
        EXPECT_GE(begun[i] - begun[i - amount], per) << "beginning " << i;
}

}  // namespace

TEST_P(StoreContract, ConcurrencyIsBoundedInEachScope) {
    store_->set_queue_settings("default", without_turns());
    store_->set_queue_settings("other", without_turns());
    const ClaimRequest all{worker(), {{"default", 10}, {"other", 10}}, {"t", "u"}, 15s};
    for (const auto& [scope, held_back] :
         std::initializer_list<std::pair<Scope, std::size_t>>{{Scope::global(), 6},
                                                              {Scope::queue("default"), 2},
                                                              {Scope::type("t"), 2},
                                                              {Scope::key("k"), 2}}) {
        // Four jobs that the scope holds (the global one: eight), and four that it does not.
        for (int i = 0; i < 4; ++i) {
            add(keyed(job(), "k"));
            add(keyed(job("u", "other"), "l"));
        }
        store_->set_limit(at_once(scope, 2));
        auto leases = store_->claim(all);
        EXPECT_EQ(leases.size(), 8 - held_back) << to_string(scope);
        EXPECT_TRUE(store_->claim(all).empty());
        for (const Lease& lease : leases)
            complete(lease);
        leases = store_->claim(all);
        EXPECT_EQ(leases.size(), 2U) << to_string(scope);
        store_->set_limit({.scope = scope});
        for (const Lease& lease : leases)
            complete(lease);
        for (const Lease& lease : store_->claim(all))
            complete(lease);
    }
    EXPECT_EQ(store_->stats().states.at(JobState::completed), 32U);
}

TEST_P(StoreContract, AScopeHoldsItsJobsInAllQueuesAndTypes) {
    for (const char* queue : {"one", "two", "three"})
        store_->set_queue_settings(queue, without_turns());
    store_->set_limit(at_once(Scope::key("k"), 2));
    store_->set_limit(at_once(Scope::type("u"), 1));
    for (const char* queue : {"one", "two", "three"}) {
        add(keyed(job("t", queue), "k"));
        add(job("u", queue));
    }
    const auto leases =
        store_->claim({worker(), {{"one", 5}, {"two", 5}, {"three", 5}}, {"t", "u"}, 15s});
    EXPECT_EQ(std::ranges::count(leases, "k", &Lease::key), 2);
    EXPECT_EQ(std::ranges::count(leases, "u", &Lease::type), 1);
}

TEST_P(StoreContract, EveryWayOutOfALeaseMakesRoom) {
    store_->set_limit(at_once(Scope::global(), 1));
    for (const JobState target : settle_states) {
        add_many(2);
        const Lease lease = claim_one();
        EXPECT_TRUE(claim().empty());
        expect_wakes(*store_, WakeChannel::work, [&] { settle(to(lease, target, 1h)); });
        EXPECT_EQ(run().size(), target == JobState::available ? 2U : 1U) << to_string(target);
    }
}

TEST_P(StoreContract, ALostLeaseIsHeldUntilItIsSettled) {
    const auto ids = add_many(2);
    store_->set_limit(at_once(Scope::type("t"), 1));
    auto doomed = join("doomed");
    const auto lost = store_->claim({doomed->id(), {{"default", 5}}, {"t"}, 1h});
    ASSERT_EQ(ids_of(lost), std::vector{ids[0]});
    doomed.reset();
    EXPECT_TRUE(claim().empty()) << "its handler may still run";
    const auto taken = store_->take_over_expired(worker(), 5, 15s);
    ASSERT_EQ(taken.size(), 1U);
    EXPECT_TRUE(claim().empty());
    EXPECT_EQ(view_of(*store_, Scope::type("t")).held, 1U);
    EXPECT_EQ(settle(to(lost[0], JobState::completed)), SettleResult::lease_lost);
    EXPECT_TRUE(claim().empty()) << "a stale settlement makes no room";
    settle(to(taken[0].lease, JobState::retryable, 1h));
    EXPECT_EQ(ids_of(claim()), std::vector{ids[1]});
}

TEST_P(StoreContract, LimitsCountOverAllWorkers) {
    add_many(6);
    store_->set_limit(at_once(Scope::queue("default"), 3));
    const auto one = join("one");
    const auto two = join("two");
    EXPECT_EQ(store_->claim({one->id(), {{"default", 2}}, {"t"}, 15s}).size(), 2U);
    EXPECT_EQ(store_->claim({two->id(), {{"default", 2}}, {"t"}, 15s}).size(), 1U);
    EXPECT_TRUE(store_->claim({one->id(), {{"default", 2}}, {"t"}, 15s}).empty());
}

TEST_P(StoreContract, LimitsAreThoseOfTheStoreNotOfTheObject) {
    REQUIRE_PERSISTENCE();
    add_many(6);
    const auto other = open();
    other->set_limit(at_once(Scope::global(), 3));
    EXPECT_EQ(claim(2).size(), 2U);
    WorkerInfo info;
    info.name = "other";
    info.max_leases = 10;
    const auto session = other->join(info);
    EXPECT_EQ(other->claim({session->id(), {{"default", 5}}, {"t"}, 15s}).size(), 1U);
    EXPECT_EQ(store_->limits().at(0).held, 3U);
}

TEST_P(StoreContract, AllLimitsThatHoldAJobMustAllowIt) {
    store_->set_queue_settings("default", without_turns());
    store_->set_limit(at_once(Scope::global(), 5));
    store_->set_limit(at_once(Scope::queue("default"), 4));
    store_->set_limit(at_once(Scope::type("t"), 3));
    store_->set_limit(at_once(Scope::key("k"), 2));
    for (int i = 0; i < 4; ++i) {
        add(keyed(job(), "k"));
        add(job());
        add(job("u"));
        add(job("u", "other"));
    }
    const ClaimRequest all{worker(), {{"default", 20}, {"other", 20}}, {"t", "u"}, 15s};
    const auto leases = store_->claim(all);
    EXPECT_EQ(leases.size(), 5U);
    EXPECT_EQ(std::ranges::count(leases, "default", &Lease::queue), 4);
    EXPECT_EQ(std::ranges::count(leases, "t", &Lease::type), 3);
    EXPECT_LE(std::ranges::count(leases, "k", &Lease::key), 2);
    EXPECT_TRUE(store_->claim(all).empty());
}

TEST_P(StoreContract, FullLanesHoldNobodyElseBack) {
    store_->set_queue_settings("default", without_turns());
    store_->set_limit(at_once(Scope::type("full"), 1));
    store_->set_limit(at_once(Scope::key("full"), 1));
    NewJob in_front = job("full");
    in_front.priority = 10;
    ASSERT_EQ(store_->insert(many(600, in_front)).size(), 600U);
    ASSERT_EQ(store_->insert(many(600, keyed(in_front, "full"))).size(), 600U);
    in_front.type = "t";
    ASSERT_EQ(store_->insert(many(600, keyed(in_front, "full"))).size(), 600U);
    const JobId same_type = add(keyed(job(), "other"));
    const JobId without_key = add();
    const ClaimRequest both{worker(), {{"default", 100}}, {"full", "t"}, 15s};
    const auto leases = store_->claim(both);
    ASSERT_EQ(leases.size(), 4U);
    EXPECT_EQ(leases[0].type, "full");
    EXPECT_EQ(leases[1].key, "full");
    EXPECT_EQ(leases[2].ref.id, same_type);
    EXPECT_EQ(leases[3].ref.id, without_key);
    const JobId later = add();
    EXPECT_EQ(ids_of(store_->claim(both)), std::vector{later});
}

TEST_P(StoreContract, AFullQueueHoldsNoOtherQueueBack) {
    store_->set_limit(at_once(Scope::queue("full"), 1));
    ASSERT_EQ(store_->insert(many(20, job("t", "full"))).size(), 20U);
    const auto ids = add_many(2);
    const auto leases = store_->claim({worker(), {{"full", 10}, {"default", 10}}, {"t"}, 15s});
    ASSERT_EQ(leases.size(), 3U);
    EXPECT_EQ(leases[1].ref.id, ids[0]);
    EXPECT_EQ(leases[2].ref.id, ids[1]);
}

TEST_P(StoreContract, OrderHoldsAmongTheJobsThatMayBegin) {
    store_->set_limit(at_once(Scope::type("a"), 1));
    std::vector<NewJob> batch{job("a"), job("b"), job("a"), job("b"), job("a")};
    batch[3].priority = 1;
    ASSERT_EQ(store_->insert(batch).size(), 5U);
    const ClaimRequest both{worker(), {{"default", 10}}, {"a", "b"}, 15s};
    const auto leases = store_->claim(both);
    EXPECT_EQ(ids_of(leases), (std::vector{batch[3].id, batch[0].id, batch[1].id}));
    complete(leases[1]);
    EXPECT_EQ(ids_of(store_->claim(both)), std::vector{batch[2].id});
}

TEST_P(StoreContract, LimitsChangeForJobsThatWait) {
    const Scope scope = Scope::queue("default");
    add_many(10);
    ASSERT_EQ(claim(4).size(), 4U);
    store_->set_limit(at_once(scope, 2));
    EXPECT_EQ(view_of(*store_, scope).held, 4U);
    EXPECT_TRUE(claim().empty()) << "more are held than the new bound allows";
    store_->set_limit(at_once(scope, 5));
    EXPECT_EQ(claim().size(), 1U);
    store_->set_limit({.scope = scope});
    EXPECT_TRUE(store_->limits().empty());
    EXPECT_EQ(claim().size(), 5U);
}

// The limit comes while the jobs rest ended, where a store need not look after them.
TEST_P(StoreContract, ALimitOfTheirKeyHoldsJobsThatAreRetriedLater) {
    store_->set_queue_settings("default", without_turns());
    const std::vector<JobId> ids{add(keyed(job(), "k")), add(keyed(job(), "k"))};
    for (const Lease& lease : claim())
        complete(lease);
    store_->set_limit(at_once(Scope::key("k"), 1));
    for (const JobId& id : ids)
        ASSERT_EQ(retry(id), ControlResult::done);
    EXPECT_EQ(claim().size(), 1U);
    EXPECT_EQ(view_of(*store_, Scope::key("k")).held, 1U);
}

TEST_P(StoreContract, SettingALimitWakesWorkAndControl) {
    expect_wakes(*store_, WakeChannel::work, [&] { store_->set_limit(at_once({}, 1)); });
    expect_wakes(*store_, WakeChannel::control, [&] { store_->set_limit({}); });
}

TEST_P(StoreContract, LimitsAreListedByScopeWithTheirHolders) {
    REQUIRE_VIRTUAL_CLOCK();
    store_->set_queue_settings("default", without_turns());
    std::vector<JobId> ids;
    for (int i = 0; i < 12; ++i)
        ids.push_back(add(keyed(job(), "k")));
    Limit both = bucket(Scope::type("t"), 10, 1min, 30);
    both.concurrency = 20;
    const std::vector<Limit> limits{at_once(Scope::global(), 30), at_once(Scope::queue("a"), 1),
                                    at_once(Scope::queue("default"), 12), both,
                                    window(Scope::key("k"), 100, 1h)};
    for (const Limit& limit : limits)
        store_->set_limit(limit);
    ASSERT_EQ(claim().size(), 12U);
    const auto views = store_->limits();
    ASSERT_EQ(views.size(), limits.size());
    const std::vector<JobId> first_ten{ids.begin(), ids.begin() + 10};
    const std::array<std::uint32_t, 5> held{12, 0, 12, 12, 0};
    for (std::size_t i = 0; i < views.size(); ++i) {
        const auto name = to_string(limits[i].scope);
        EXPECT_EQ(views[i].limit, limits[i]) << name;
        EXPECT_EQ(views[i].held, held.at(i)) << name;
        EXPECT_EQ(views[i].holders, held.at(i) == 0 ? std::vector<JobId>{} : first_ten) << name;
        EXPECT_FALSE(views[i].opens_at) << name;
    }
    EXPECT_FALSE(views[0].available);
    EXPECT_EQ(views[3].available, 18U);
    EXPECT_EQ(views[4].available, 88U);
}

TEST_P(StoreContract, BadLimitsAreRefusedAndChangeNothing) {
    store_->set_limit(at_once(Scope::queue("default"), 2));
    const auto refused = [&](const Limit& limit) {
        expect_error(ErrorCode::invalid_argument, [&] { store_->set_limit(limit); });
    };
    refused(at_once(Scope::queue("default"), 0));
    refused(at_once(Scope::queue("default"), 1'000'001));
    refused(at_once(Scope::queue("no spaces"), 1));
    refused(at_once(Scope::type(""), 1));
    refused(at_once(Scope::key(""), 1));
    refused(at_once({Scope::Kind::global, "name"}, 1));
    refused(window(Scope::queue("default"), 0, 1min));
    refused(window(Scope::queue("default"), 1, 999us));
    refused(window(Scope::queue("default"), 1, 32 * 24h));
    refused(bucket(Scope::queue("default"), 1, 1s, 0));
    const auto views = store_->limits();
    ASSERT_EQ(views.size(), 1U);
    EXPECT_EQ(views[0].limit, at_once(Scope::queue("default"), 2));
}

TEST_P(StoreContract, AWindowAllowsItsAmountAndThenWaits) {
    REQUIRE_VIRTUAL_CLOCK();
    store_->set_limit(window(Scope::queue("default"), 3, 10s));
    add_many(10);
    const Timestamp begun = store_->now();
    EXPECT_EQ(view_of(*store_, Scope::queue("default")).available, 3U);
    expect_wakes(*store_, WakeChannel::schedule, [&] { EXPECT_EQ(claim().size(), 3U); });
    const LimitView closed = view_of(*store_, Scope::queue("default"));
    EXPECT_EQ(closed.available, 0U);
    ASSERT_TRUE(closed.opens_at);
    EXPECT_GE(*closed.opens_at, begun + 10s);
    EXPECT_LE(*closed.opens_at, begun + 10s + Duration{10s} / 32 + 1us);
    EXPECT_EQ(store_->promote_due(10).next_due, closed.opens_at);
    clock_.advance(*closed.opens_at - begun - 1us);
    EXPECT_TRUE(claim().empty());
    EXPECT_EQ(store_->promote_due(10).next_due, closed.opens_at);
    clock_.advance(1us);
    expect_wakes(*store_, WakeChannel::work,
                 [&] { EXPECT_FALSE(store_->promote_due(10).next_due); });
    EXPECT_FALSE(view_of(*store_, Scope::queue("default")).opens_at);
    EXPECT_EQ(claim().size(), 3U);
}

TEST_P(StoreContract, OpeningComesAmongTheDueTimes) {
    REQUIRE_VIRTUAL_CLOCK();
    store_->set_limit(window(Scope::global(), 1, 10s));
    add_many(2);
    ASSERT_EQ(claim().size(), 1U);
    const auto opens_at = store_->limits().at(0).opens_at;
    ASSERT_TRUE(opens_at);
    NewJob later = job();
    later.delay = 1h;
    add(later);
    EXPECT_EQ(store_->promote_due(10).next_due, opens_at);
    NewJob sooner = job();
    sooner.delay = 1s;
    add(sooner);
    EXPECT_EQ(store_->promote_due(10).next_due, get(sooner.id).scheduled_at);
    clock_.advance(*opens_at - store_->now());
    EXPECT_EQ(store_->promote_due(0).next_due, get(sooner.id).scheduled_at) << "it has opened";
    EXPECT_EQ(store_->promote_due(10).next_due, get(later.id).scheduled_at);
}

// Claims at the worst moments: as soon as something may begin, and at every step between.
TEST_P(StoreContract, NoSpanHoldsMoreThanTheWindowAllows) {
    REQUIRE_VIRTUAL_CLOCK();
    constexpr std::size_t amount = 7;
    constexpr Duration per = 1s;
    store_->set_limit(window(Scope::type("t"), amount, per));
    ASSERT_EQ(store_->insert(many(900, job())).size(), 900U);
    std::vector<Timestamp> begun;
    std::uint32_t step = 1;
    const Timestamp start = store_->now();
    while (store_->now() < start + 30s) {
        for (const Lease& lease : claim(1 + step % 4)) {
            begun.push_back(store_->now());
            complete(lease);
        }
        step = step * 1'103'515'245U + 12'345U;
        clock_.advance(Duration{(step >> 16U) % 40'000});
    }
    expect_within(begun, amount, per);
    EXPECT_GE(begun.size(), 30 * amount * 9 / 10);
}

TEST_P(StoreContract, AWindowThatIsFollowedGivesNearlyItsAmount) {
    REQUIRE_VIRTUAL_CLOCK();
    constexpr std::size_t amount = 10;
    constexpr Duration per = 1min;
    store_->set_limit(window(Scope::global(), amount, per));
    ASSERT_EQ(store_->insert(many(1'000, job())).size(), 1'000U);
    std::vector<Timestamp> begun;
    const Timestamp start = store_->now();
    while (store_->now() < start + 50 * per) {
        EXPECT_EQ(store_->promote_due(10).promoted, 0U);
        for (const Lease& lease : claim()) {
            begun.push_back(store_->now());
            complete(lease);
        }
        const auto next = store_->promote_due(10).next_due;
        ASSERT_TRUE(next) << "jobs wait, so the limit must say when it opens";
        ASSERT_GT(*next, store_->now());
        clock_.advance(*next - store_->now());
    }
    expect_within(begun, amount, per);
    EXPECT_GE(begun.size(), 50 * amount * 96 / 100);
}

TEST_P(StoreContract, ABucketGivesItsBurstAndThenItsFlow) {
    REQUIRE_VIRTUAL_CLOCK();
    const Scope scope = Scope::type("t");
    store_->set_limit(bucket(scope, 2, 1s, 5));
    add_many(20);
    EXPECT_EQ(claim().size(), 5U);
    EXPECT_TRUE(claim().empty());
    for (int i = 0; i < 4; ++i) {
        const Timestamp before = store_->now();
        const auto next = store_->promote_due(10).next_due;
        ASSERT_TRUE(next);
        EXPECT_GT(*next, before);
        EXPECT_LE(*next, before + 510ms);
        clock_.advance(*next - before);
        EXPECT_FALSE(store_->promote_due(10).next_due) << "it has opened";
        EXPECT_EQ(claim().size(), 1U);
    }
    clock_.advance(1s);
    EXPECT_EQ(claim().size(), 2U);
    clock_.advance(1h);
    EXPECT_EQ(claim().size(), 5U) << "no more than the burst is kept";
}

TEST_P(StoreContract, NoSpanHoldsMoreThanFlowAndBurst) {
    REQUIRE_VIRTUAL_CLOCK();
    constexpr std::size_t amount = 5;
    constexpr std::size_t burst = 3;
    constexpr Duration per = 1s;
    store_->set_limit(bucket(Scope::global(), amount, per, burst));
    ASSERT_EQ(store_->insert(many(900, job())).size(), 900U);
    std::vector<Timestamp> begun;
    std::uint32_t step = 7;
    const Timestamp start = store_->now();
    while (store_->now() < start + 30s) {
        for (const Lease& lease : claim(1 + step % 3)) {
            begun.push_back(store_->now());
            complete(lease);
        }
        step = step * 1'103'515'245U + 12'345U;
        clock_.advance(Duration{(step >> 16U) % 60'000});
    }
    expect_within(begun, amount + burst, per);
    EXPECT_GE(begun.size(), 30 * amount * 9 / 10);
}

TEST_P(StoreContract, WeightsAreTakenFromRates) {
    REQUIRE_VIRTUAL_CLOCK();
    const Scope scope = Scope::queue("default");
    store_->set_limit(window(scope, 10, 10s));
    EXPECT_EQ(get(add(weighing(4, job()))).weight, 4U);
    for (int i = 0; i < 3; ++i)
        add(weighing(4, job()));
    EXPECT_EQ(claim().size(), 2U);
    EXPECT_EQ(view_of(*store_, scope).available, 2U);
    EXPECT_TRUE(claim().empty());
}

TEST_P(StoreContract, AJobHeavierThanARateTakesAllOfIt) {
    REQUIRE_VIRTUAL_CLOCK();
    const Scope scope = Scope::queue("default");
    store_->set_limit(window(scope, 3, 10s));
    add();
    const JobId heavy = add(weighing(1'000'000, job()));
    EXPECT_EQ(claim().size(), 1U) << "the heavy one needs all of the amount";
    clock_.advance(*view_of(*store_, scope).opens_at - store_->now());
    EXPECT_EQ(ids_of(claim()), std::vector{heavy});
    EXPECT_EQ(view_of(*store_, scope).available, 0U);
}

TEST_P(StoreContract, AHeavyJobEndsItsOwnLaneOnly) {
    REQUIRE_VIRTUAL_CLOCK();
    store_->set_limit(window(Scope::global(), 5, 10s));
    add(weighing(3, job("a")));
    add(weighing(3, job("a")));
    add(weighing(1, job("a")));
    const JobId light = add(weighing(1, job("b")));
    const auto leases = claim({worker(), {{"default", 10}}, {"a", "b"}, 15s});
    ASSERT_EQ(leases.size(), 2U);
    EXPECT_EQ(leases[1].ref.id, light) << "it stands in a lane of its own";
}

TEST_P(StoreContract, ALimitOpensForTheLightestThatWaits) {
    REQUIRE_VIRTUAL_CLOCK();
    store_->set_limit(bucket(Scope::global(), 1, 1s, 10));
    add(weighing(10, job()));
    ASSERT_EQ(claim().size(), 1U);
    add(weighing(1, job("light", "one")));
    add(weighing(8, job("heavy", "two")));
    const Timestamp now = store_->now();
    const auto ask = [&](const char* queue) {
        EXPECT_TRUE(claim({worker(), {{queue, 1}}, {"light", "heavy"}, 15s}).empty());
        return view_of(*store_, Scope::global()).opens_at;
    };
    const auto light = ask("one");
    ASSERT_TRUE(light);
    EXPECT_LE(*light, now + 2s);
    EXPECT_EQ(ask("two"), light) << "another claim's heavier job does not put it off";
}

TEST_P(StoreContract, AJobThatMayNotBeginTakesNothing) {
    REQUIRE_VIRTUAL_CLOCK();
    store_->set_limit(window(Scope::global(), 5, 10s));
    store_->set_limit(window(Scope::type("t"), 1, 10s));
    store_->set_limit(at_once(Scope::queue("default"), 3));
    add_many(5);
    EXPECT_EQ(claim().size(), 1U);
    EXPECT_EQ(view_of(*store_, Scope::global()).available, 4U);
    EXPECT_EQ(view_of(*store_, Scope::queue("default")).held, 1U);
}

TEST_P(StoreContract, EachBeginningCountsAndARescueIsNone) {
    REQUIRE_VIRTUAL_CLOCK();
    store_->set_limit(window(Scope::global(), 3, 1h));
    add();
    settle(to(claim_one(), JobState::available));
    EXPECT_EQ(store_->limits().at(0).available, 2U);
    (void)claim_one(10s);
    clock_.advance(10s);
    EXPECT_EQ(store_->limits().at(0).available, 1U);
    const auto taken = store_->take_over_expired(worker(), 5, 15s);
    ASSERT_EQ(taken.size(), 1U);
    EXPECT_EQ(store_->limits().at(0).available, 1U);
    settle(to(taken[0].lease, JobState::available));
    (void)claim_one();
    EXPECT_EQ(store_->limits().at(0).available, 0U);
}

TEST_P(StoreContract, SettingALimitAgainRemembersWhatBegan) {
    REQUIRE_VIRTUAL_CLOCK();
    const Scope scope = Scope::queue("default");
    store_->set_limit(window(scope, 3, 10s));
    add_many(10);
    ASSERT_EQ(claim().size(), 3U);
    store_->set_limit(window(scope, 3, 10s));
    EXPECT_TRUE(claim().empty());
    store_->set_limit(window(scope, 5, 10s));
    EXPECT_EQ(claim().size(), 2U);
    Limit both = window(scope, 5, 10s);
    both.concurrency = 100;
    store_->set_limit(both);
    EXPECT_TRUE(claim().empty());
}

TEST_P(StoreContract, AClockThatGoesBackGivesNothingAway) {
    REQUIRE_VIRTUAL_CLOCK();
    constexpr std::size_t amount = 3;
    const Scope scope = Scope::queue("default");
    for (const Duration back : {Duration{4s}, Duration{10s}, Duration{1h}}) {
        store_->set_limit({.scope = scope});
        store_->set_limit(window(scope, amount, 10s));
        add_many(20);
        std::vector<Timestamp> begun;  // in true time, which only goes ahead
        Duration gone_back{};
        const auto follow = [&](Duration time) {
            for (const Timestamp end = store_->now() + time; store_->now() < end;) {
                for (const Lease& lease : claim()) {
                    begun.push_back(store_->now() + gone_back);
                    complete(lease);
                }
                clock_.advance(100ms);
            }
        };
        follow(5s);
        clock_.advance(-back);
        gone_back += back;
        follow(40s);
        expect_within(begun, amount, 10s);
        EXPECT_GE(begun.size(), 3 * amount) << "it goes on all the same";
        ASSERT_LT(begun.size(), 20U);
        for (const JobId& id :
             ids_of(store_->list({{JobState::available}, {}, {}, {}}, 100, "").jobs))
            EXPECT_EQ(remove(id), ControlResult::done);
    }
}

TEST_P(StoreContract, AClockThatWentBackDoesNotCloseALimitForLong) {
    REQUIRE_VIRTUAL_CLOCK();
    store_->set_limit(window(Scope::global(), 1, 10s));
    add_many(3);
    ASSERT_EQ(claim().size(), 1U);
    clock_.advance(-24h);
    EXPECT_TRUE(claim().empty());
    const auto next = store_->promote_due(10).next_due;
    ASSERT_TRUE(next);
    EXPECT_LE(*next, store_->now() + 11s) << "what was true before the step counts no longer";
    clock_.advance(*next - store_->now());
    EXPECT_EQ(claim().size(), 1U);
}

TEST_P(StoreContract, LimitsOutliveTheStoreObject) {
    REQUIRE_PERSISTENCE();
    REQUIRE_VIRTUAL_CLOCK();
    store_->set_limit(window(Scope::key("k"), 3, 1h));
    store_->set_limit(at_once(Scope::global(), 50));
    store_->set_queue_settings("default", without_turns());
    ASSERT_EQ(store_->insert(many(5, keyed(job(), "k"))).size(), 5U);
    ASSERT_EQ(claim().size(), 3U);
    const auto before = store_->limits();
    session_.reset();
    store_.reset();
    store_ = open();
    const auto after = store_->limits();
    ASSERT_EQ(after.size(), 2U);
    for (std::size_t i = 0; i < after.size(); ++i) {
        EXPECT_EQ(after[i].limit, before[i].limit);
        EXPECT_EQ(after[i].available, before[i].available);
        EXPECT_EQ(after[i].opens_at, before[i].opens_at);
        EXPECT_EQ(after[i].held, before[i].held);
    }
    EXPECT_TRUE(claim().empty());
    EXPECT_EQ(store_->promote_due(1).next_due, before[1].opens_at);
}

TEST_P(StoreContract, ThreadsNeverHoldMoreThanTheLimit) {
    constexpr std::size_t jobs = 150;
    constexpr int bound = 2;
    add_many(jobs);
    store_->set_limit(at_once(Scope::type("t"), bound));
    const WorkerId id = worker();
    std::atomic<int> held{0};
    std::atomic<std::size_t> ended{0};
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&] {
                while (ended < jobs) {
                    const std::uint32_t generation = store_->generation(WakeChannel::work);
                    const auto leases = store_->claim({id, {{"default", 2}}, {"t"}, 15s});
                    for (const Lease& lease : leases) {
                        EXPECT_LE(++held, bound);
                        --held;
                        settle(to(lease, JobState::completed));
                        ++ended;
                    }
                    if (ended == jobs)
                        store_->wake(WakeChannel::work);
                    else if (leases.empty())
                        store_->wait(WakeChannel::work, generation, 20s);
                }
            });
        }
    }
    EXPECT_EQ(store_->stats().states.at(JobState::completed), jobs);
}

}  // namespace errand::test
