#include "conformance/suite/fixture.hpp"

#include <algorithm>
#include <string>

// What else keeps jobs from beginning: a rest that the other side asked for, hours of the week,
// labels that a worker has not. And who has waited for too long.

namespace errand::test {

namespace {

Limit rated(const Scope& scope) {
    Limit limit{.scope = scope};
    limit.rate = Rate::parse("1000/1m");
    return limit;
}

Limit open_in(const Scope& scope, const char* window) {
    Limit limit{.scope = scope};
    limit.window = TimeWindow::parse(window);
    return limit;
}

Settlement asks_to_slow_down(const Lease& lease, Duration rest) {
    Settlement item;
    item.lease = lease.ref;
    item.to = JobState::retryable;
    item.delay = 100h;
    item.slow_down = rest;
    return item;
}

NewJob needing(std::vector<std::string> needs, NewJob job) {
    job.needs = std::move(needs);
    return job;
}

LimitView view_of(Store& store, const Scope& scope) {
    for (LimitView& view : store.limits()) {
        if (view.limit.scope == scope) return std::move(view);
    }
    throw std::logic_error("no limit of " + to_string(scope));
}

}  // namespace

TEST_P(StoreContract, SlowDownClosesTheRateThatHoldsTheJob) {
    REQUIRE_VIRTUAL_CLOCK();
    const Scope scope = Scope::type("t");
    store_->set_limit(rated(scope));
    add_many(5);
    EXPECT_FALSE(view_of(*store_, scope).slowed_until);
    settle(asks_to_slow_down(claim_one(), 30s));
    const Timestamp until = store_->now() + 30s;
    EXPECT_EQ(view_of(*store_, scope).slowed_until, until);
    expect_wakes(*store_, WakeChannel::schedule, [&] { EXPECT_TRUE(claim().empty()); });
    EXPECT_FALSE(view_of(*store_, scope).opens_at) << "its rate would let it begin";
    add(job("u"));
    EXPECT_EQ(store_->claim({worker(), {{"default", 5}}, {"t", "u"}, 15s}).size(), 1U);
    EXPECT_EQ(store_->promote_due(10).next_due, until);
    clock_.advance(30s);
    expect_wakes(*store_, WakeChannel::work,
                 [&] { EXPECT_NE(store_->promote_due(10).next_due, until); });
    EXPECT_FALSE(view_of(*store_, scope).slowed_until);
    EXPECT_EQ(claim().size(), 4U);
}

TEST_P(StoreContract, SlowDownNeverShortensARest) {
    REQUIRE_VIRTUAL_CLOCK();
    store_->set_limit(rated(Scope::global()));
    add_many(5);
    const auto leases = claim(4);
    settle(asks_to_slow_down(leases[0], 1h));
    const Timestamp until = store_->now() + 1h;
    clock_.advance(1min);
    settle(asks_to_slow_down(leases[1], 10s));
    EXPECT_EQ(view_of(*store_, Scope::global()).slowed_until, until);
    settle(asks_to_slow_down(leases[2], 1h));
    EXPECT_EQ(view_of(*store_, Scope::global()).slowed_until, until + 1min);
    EXPECT_EQ(settle(asks_to_slow_down(leases[2], 5h)), SettleResult::already_settled);
    EXPECT_EQ(view_of(*store_, Scope::global()).slowed_until, until + 1min);
}

TEST_P(StoreContract, SlowDownIsAboutTheNarrowestScopeThatHasARate) {
    REQUIRE_VIRTUAL_CLOCK();
    QueueSettings free;
    free.key_concurrency = 0;
    store_->set_queue_settings("default", free);
    const std::vector<Scope> narrower{Scope::global(), Scope::queue("default"), Scope::type("t"),
                                      Scope::key("k")};
    NewJob keyed = job();
    keyed.key = "k";
    for (const Scope& scope : narrower) {
        store_->set_limit(rated(scope));
        keyed.id = new_job_id();
        add(keyed);
        settle(asks_to_slow_down(claim_one(), 30s));
        for (const Scope& other : narrower) {
            if (other > scope) break;
            EXPECT_EQ(view_of(*store_, other).slowed_until.has_value(), other == scope)
                << to_string(other);
        }
        clock_.advance(30s);
    }
    store_->set_limit({.scope = Scope::key("k"), .concurrency = 5});  // no rate any more
    keyed.id = new_job_id();
    add(keyed);
    settle(asks_to_slow_down(claim_one(), 30s));
    EXPECT_TRUE(view_of(*store_, Scope::type("t")).slowed_until);
    EXPECT_FALSE(view_of(*store_, Scope::key("k")).slowed_until);
}

TEST_P(StoreContract, SlowDownWithoutARateChangesNothing) {
    store_->set_limit({.scope = Scope::global(), .concurrency = 10});
    add_many(2);
    settle(asks_to_slow_down(claim_one(), 1h));
    EXPECT_FALSE(view_of(*store_, Scope::global()).slowed_until);
    EXPECT_EQ(claim().size(), 1U);
    expect_error(ErrorCode::invalid_argument, [&] {
        add();
        settle(asks_to_slow_down(claim_one(), -1s));
    });
}

TEST_P(StoreContract, ARateThatIsTakenAwayTakesItsRestAlong) {
    REQUIRE_VIRTUAL_CLOCK();
    store_->set_limit(rated(Scope::global()));
    add_many(3);
    settle(asks_to_slow_down(claim_one(), 1h));
    store_->set_limit(rated(Scope::global()));
    EXPECT_TRUE(claim().empty()) << "set anew, the rest is kept";
    store_->set_limit({.scope = Scope::global(), .concurrency = 10});
    EXPECT_EQ(claim(1).size(), 1U);
    store_->set_limit(rated(Scope::global()));
    EXPECT_EQ(claim(1).size(), 1U);
}

TEST_P(StoreContract, AClockThatWentBackDoesNotMakeARestLonger) {
    REQUIRE_VIRTUAL_CLOCK();
    store_->set_limit(rated(Scope::global()));
    add_many(2);
    settle(asks_to_slow_down(claim_one(), 30s));
    clock_.advance(-24h);
    EXPECT_TRUE(claim().empty());
    EXPECT_EQ(view_of(*store_, Scope::global()).slowed_until, store_->now() + 30s);
    clock_.advance(30s);
    EXPECT_EQ(claim().size(), 1U);
}

// The clock of these tests begins on Sunday, March 1st, 2026, at midnight UTC.

TEST_P(StoreContract, JobsBeginInsideTheirWindowOnly) {
    REQUIRE_VIRTUAL_CLOCK();
    const Scope scope = Scope::queue("default");
    const Limit limit = open_in(scope, "mon-fri 08:00-18:00");
    store_->set_limit(limit);
    add_many(4);
    const Timestamp opens = store_->now() + 32h;
    EXPECT_EQ(view_of(*store_, scope).limit, limit);
    EXPECT_EQ(view_of(*store_, scope).window_opens_at, opens);
    expect_wakes(*store_, WakeChannel::schedule, [&] { EXPECT_TRUE(claim().empty()); });
    add(job("t", "other"));
    EXPECT_EQ(store_->claim({worker(), {{"default", 5}, {"other", 5}}, {"t"}, 15s}).size(), 1U);
    EXPECT_EQ(store_->promote_due(10).next_due, opens);
    clock_.advance(32h - 1us);
    EXPECT_TRUE(claim().empty());
    clock_.advance(1us);
    expect_wakes(*store_, WakeChannel::work,
                 [&] { EXPECT_FALSE(store_->promote_due(10).next_due); });
    EXPECT_FALSE(view_of(*store_, scope).window_opens_at);
    const auto leases = claim(2, 100h);
    ASSERT_EQ(leases.size(), 2U);
    clock_.advance(10h);
    EXPECT_EQ(view_of(*store_, scope).window_opens_at, store_->now() + 14h);
    EXPECT_TRUE(claim().empty());
    complete(leases[0]);  // what runs goes on
    complete(leases[1]);
    store_->set_limit({.scope = scope});
    EXPECT_EQ(claim().size(), 2U);
}

TEST_P(StoreContract, AWindowGoesByTheClockOfItsZone) {
    REQUIRE_VIRTUAL_CLOCK();
    store_->set_limit(open_in(Scope::global(), "02:30-03:30 Europe/Berlin"));
    EXPECT_EQ(view_of(*store_, Scope::global()).window_opens_at, store_->now() + 90min);
    clock_.advance(28 * 24h);  // March 29th: that hour does not exist, it opens right after
    EXPECT_EQ(view_of(*store_, Scope::global()).window_opens_at, store_->now() + 1h);
}

TEST_P(StoreContract, AZoneThatNobodyKnowsIsRefusedAndLosesNoJob) {
    store_->set_limit({.scope = Scope::global(), .concurrency = 5});
    add();
    expect_error(ErrorCode::invalid_argument,
                 [&] { store_->set_limit(open_in(Scope::global(), "08:00-18:00 Europe/Berlim")); });
    EXPECT_FALSE(view_of(*store_, Scope::global()).limit.window);
    EXPECT_EQ(claim().size(), 1U);
}

TEST_P(StoreContract, BadConditionsAreRefusedAndChangeNothing) {
    const auto refused = [&](const Limit& limit) {
        expect_error(ErrorCode::invalid_argument, [&] { store_->set_limit(limit); });
    };
    Limit limit{.scope = Scope::global()};
    limit.breaker = Breaker{.failures = 0, .open_for = 30s};
    refused(limit);
    limit.breaker = Breaker{.failures = 1, .open_for = 999ms};
    refused(limit);
    limit.breaker.reset();
    limit.window = TimeWindow{};
    limit.window->days = 0;
    refused(limit);
    limit.window = TimeWindow{};
    limit.window->begin = 24h;
    refused(limit);
    EXPECT_TRUE(store_->limits().empty());
}

TEST_P(StoreContract, AJobIsGivenOnlyToAWorkerThatHasItsLabels) {
    const JobId plain = add();
    const JobId gpu = add(needing({"gpu"}, job()));
    const JobId both = add(needing({"gpu", "ssd"}, job()));
    EXPECT_EQ(get(both).needs, (std::vector<std::string>{"gpu", "ssd"}));
    EXPECT_TRUE(get(plain).needs.empty());
    ClaimRequest request{worker(), {{"default", 5}}, {"t"}, 15s};
    EXPECT_EQ(ids_of(store_->claim(request)), std::vector{plain});
    request.labels = {"ssd"};
    EXPECT_TRUE(store_->claim(request).empty());
    request.labels = {"eu", "gpu"};
    EXPECT_EQ(ids_of(store_->claim(request)), std::vector{gpu});
    request.labels = {"gpu", "ssd"};
    EXPECT_EQ(ids_of(store_->claim(request)), std::vector{both});
}

TEST_P(StoreContract, LabelsDoNotChangeTheOrder) {
    std::vector<JobId> ids;
    for (int i = 0; i < 6; ++i)
        ids.push_back(add(needing(i % 3 == 0   ? std::vector<std::string>{}
                                  : i % 3 == 1 ? std::vector<std::string>{"gpu"}
                                               : std::vector<std::string>{"gpu", "ssd"},
                                  job())));
    ClaimRequest request{worker(), {{"default", 4}}, {"t"}, 15s};
    request.labels = {"gpu", "ssd"};
    EXPECT_EQ(ids_of(store_->claim(request)), (std::vector{ids[0], ids[1], ids[2], ids[3]}));
    EXPECT_EQ(ids_of(store_->claim(request)), (std::vector{ids[4], ids[5]}));
}

TEST_P(StoreContract, LabelsOutliveRetriesAndLimitsOfTheirKey) {
    NewJob keyed = needing({"gpu"}, job());
    keyed.key = "k";
    const JobId id = add(keyed);
    store_->set_limit({.scope = Scope::key("k"), .concurrency = 5});
    EXPECT_TRUE(claim().empty());
    ClaimRequest request{worker(), {{"default", 5}}, {"t"}, 15s};
    request.labels = {"gpu"};
    const auto leases = store_->claim(request);
    ASSERT_EQ(ids_of(leases), std::vector{id});
    settle(to(leases[0], JobState::available));
    EXPECT_TRUE(claim().empty());
    store_->set_limit({.scope = Scope::key("k")});
    EXPECT_TRUE(claim().empty());
    EXPECT_EQ(get(id).needs, std::vector<std::string>{"gpu"});
    EXPECT_EQ(store_->claim(request).size(), 1U);
}

TEST_P(StoreContract, ALabelThatNobodyHasHoldsNobodyElseBackAndWakesNobody) {
    add(needing({"gpu"}, job()));
    const std::uint32_t seen = store_->generation(WakeChannel::work);
    const std::uint32_t scheduled = store_->generation(WakeChannel::schedule);
    for (int i = 0; i < 3; ++i)
        EXPECT_TRUE(claim().empty());
    EXPECT_EQ(store_->generation(WakeChannel::work), seen) << "or the worker would turn in circles";
    EXPECT_EQ(store_->generation(WakeChannel::schedule), scheduled);
    const JobId behind = add();
    EXPECT_EQ(ids_of(claim()), std::vector{behind});
}

TEST_P(StoreContract, LimitsHoldJobsWithLabelsToo) {
    store_->set_limit({.scope = Scope::type("t"), .concurrency = 2});
    for (int i = 0; i < 2; ++i) {
        add(needing({"gpu"}, job()));
        add();
    }
    ClaimRequest request{worker(), {{"default", 5}}, {"t"}, 15s};
    request.labels = {"gpu"};
    EXPECT_EQ(store_->claim(request).size(), 2U);
    EXPECT_TRUE(claim().empty());
}

TEST_P(StoreContract, WorkersAreShownWithTheirLabels) {
    WorkerInfo info;
    info.name = "w";
    info.labels = {"eu-west", "gpu"};
    const auto session = store_->join(info);
    EXPECT_EQ(store_->workers().at(0).info.labels, info.labels);
}

TEST_P(StoreContract, JobsThatWaitForTooLongAreCountedAsLate) {
    REQUIRE_VIRTUAL_CLOCK();
    QueueSettings settings;
    settings.max_age = 10min;
    add_many(2);
    NewJob keyed = job();
    keyed.key = "k";
    for (int i = 0; i < 2; ++i) {
        keyed.id = new_job_id();
        add(keyed);  // the second is blocked, and late all the same
    }
    NewJob later = job();
    later.delay = 1h;
    add(later);
    add(job("t", "other"));
    EXPECT_EQ(store_->stats().queues.at("default").late, 0U);
    store_->set_queue_settings("default", settings);
    EXPECT_EQ(store_->queue_settings().at("default"), settings);
    clock_.advance(10min);
    EXPECT_EQ(store_->stats().queues.at("default").late, 0U);
    clock_.advance(1us);
    add();
    EXPECT_EQ(store_->stats().queues.at("default").late, 4U);
    EXPECT_EQ(store_->stats().queues.at("other").late, 0U);
    const auto leases = claim(2);
    EXPECT_EQ(store_->stats().queues.at("default").late, 2U) << "those that run are not";
    settle(to(leases.at(0), JobState::available));
    EXPECT_EQ(store_->stats().queues.at("default").late, 3U);
    settings.max_age = {};
    store_->set_queue_settings("default", settings);
    EXPECT_EQ(store_->stats().queues.at("default").late, 0U);
    settings.max_age = -1s;
    expect_error(ErrorCode::invalid_argument,
                 [&] { store_->set_queue_settings("default", settings); });
    settings.max_age = 366 * 24h;
    expect_error(ErrorCode::invalid_argument,
                 [&] { store_->set_queue_settings("default", settings); });
}

}  // namespace errand::test
