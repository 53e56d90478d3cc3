#include "conformance/suite/fixture.hpp"

#include <algorithm>

// Pauses of each kind of scope, who asked for them and since when.

namespace errand::test {

namespace {

QueueSettings without_turns() {
    QueueSettings settings;
    settings.key_concurrency = 0;
    return settings;
}

NewJob keyed(NewJob job, std::string_view key) {
    job.key = key;
    return job;
}

}  // namespace

TEST_P(StoreContract, EachScopeCanBePaused) {
    store_->set_queue_settings("default", without_turns());
    store_->set_queue_settings("other", without_turns());
    const ClaimRequest all{worker(), {{"default", 10}, {"other", 10}}, {"t", "u"}, 15s};
    for (const auto& [scope, left] :
         std::initializer_list<std::pair<Scope, std::size_t>>{{Scope::global(), 0},
                                                              {Scope::queue("default"), 3},
                                                              {Scope::type("t"), 3},
                                                              {Scope::key("k"), 1}}) {
        add(keyed(job("t", "default"), "k"));
        add(keyed(job("u", "default"), "k"));
        add(keyed(job("t", "other"), "k"));
        add(keyed(job("u", "other"), "k"));
        add(job("u", "other"));
        store_->set_paused(scope, true, "ada");
        const auto leases = store_->claim(all);
        EXPECT_EQ(leases.size(), left) << to_string(scope);
        store_->set_paused(scope, false, "ada");
        const auto rest = store_->claim(all);
        EXPECT_EQ(leases.size() + rest.size(), 5U) << to_string(scope);
        for (const Lease& lease : leases)
            complete(lease);
        for (const Lease& lease : rest)
            complete(lease);
    }
}

TEST_P(StoreContract, PausesAreListedWithWhoAndSince) {
    REQUIRE_VIRTUAL_CLOCK();
    EXPECT_TRUE(store_->pauses().empty());
    const Timestamp first = store_->now();
    store_->set_paused(Scope::key("stripe"), true, "ada");
    clock_.advance(5s);
    store_->set_paused(Scope::type("t"), true, "");
    store_->set_paused(Scope::global(), true, "gr\xc3\xbc\xc3\x9f");
    store_->set_paused("mail", true);
    store_->set_paused(Scope::key("stripe"), true, "bob");
    const auto pauses = store_->pauses();
    ASSERT_EQ(pauses.size(), 4U);
    EXPECT_EQ(pauses[0].scope, Scope::global());
    EXPECT_EQ(pauses[0].by, "gr\xc3\xbc\xc3\x9f");
    EXPECT_EQ(pauses[0].since, first + 5s);
    EXPECT_EQ(pauses[1].scope, Scope::queue("mail"));
    EXPECT_EQ(pauses[1].by, "");
    EXPECT_EQ(pauses[2].scope, Scope::type("t"));
    EXPECT_EQ(pauses[3].scope, Scope::key("stripe"));
    EXPECT_EQ(pauses[3].by, "ada") << "pausing twice keeps the first";
    EXPECT_EQ(pauses[3].since, first);
    store_->set_paused(Scope::key("stripe"), false, "bob");
    store_->set_paused(Scope::key("stripe"), false, "bob");
    EXPECT_EQ(store_->pauses().size(), 3U);
    store_->set_paused(Scope::key("stripe"), true, "eve");
    EXPECT_EQ(store_->pauses().at(3).by, "eve");
    EXPECT_EQ(store_->pauses().at(3).since, first + 5s);
}

TEST_P(StoreContract, ALongNameOfWhoPausedIsCut) {
    store_->set_paused(Scope::global(), true, std::string(128, 'a'));
    EXPECT_EQ(store_->pauses().at(0).by, std::string(128, 'a'));
    store_->set_paused(Scope::global(), false, "");
    std::string umlauts;
    for (int i = 0; i < 100; ++i)
        umlauts += "\xc3\xbc";
    store_->set_paused(Scope::global(), true, umlauts);
    const std::string by = store_->pauses().at(0).by;
    EXPECT_LE(by.size(), 128U);
    EXPECT_TRUE(by.starts_with("\xc3\xbc\xc3\xbc"));
}

TEST_P(StoreContract, AJobIsPausedByAnyOfItsScopes) {
    add();
    store_->set_paused(Scope::queue("default"), true, "");
    store_->set_paused(Scope::type("t"), true, "");
    EXPECT_TRUE(claim().empty());
    store_->set_paused(Scope::queue("default"), false, "");
    EXPECT_TRUE(claim().empty());
    store_->set_paused(Scope::type("t"), false, "");
    EXPECT_EQ(claim().size(), 1U);
}

TEST_P(StoreContract, PausedJobsHoldNobodyElseBack) {
    store_->set_queue_settings("default", without_turns());
    std::vector<NewJob> in_front(600, keyed(job(), "paused"));
    for (NewJob& one : in_front) {
        one.id = new_job_id();
        one.priority = 10;
    }
    ASSERT_EQ(store_->insert(in_front).size(), 600U);
    const JobId other = add(keyed(job(), "other"));
    const JobId without_key = add();
    store_->set_paused(Scope::key("paused"), true, "");
    EXPECT_EQ(ids_of(claim()), (std::vector{other, without_key}));
    store_->set_paused(Scope::key("paused"), false, "");
    EXPECT_EQ(claim(1).at(0).ref.id, in_front[0].id) << "they kept their places";
}

TEST_P(StoreContract, APausedKeyStillTakesPromotesAndCancelsJobs) {
    REQUIRE_VIRTUAL_CLOCK();
    store_->set_paused(Scope::key("k"), true, "");
    const JobId first = add(keyed(job(), "k"));
    NewJob later = keyed(job(), "k");
    later.delay = 1s;
    add(later);
    clock_.advance(1s);
    EXPECT_EQ(store_->promote_due(10).promoted, 1U);
    EXPECT_TRUE(get(later.id).blocked);
    EXPECT_EQ(cancel(first), ControlResult::done);
    EXPECT_FALSE(get(later.id).blocked) << "turns go on under a pause";
    EXPECT_TRUE(claim().empty());
    store_->set_paused(Scope::key("k"), false, "");
    EXPECT_EQ(ids_of(claim()), std::vector{later.id});
}

TEST_P(StoreContract, PauseAndLimitOfOneKeyComeAndGoAlone) {
    store_->set_queue_settings("default", without_turns());
    for (int i = 0; i < 3; ++i)
        add(keyed(job(), "k"));
    const JobId other = add();
    const Scope scope = Scope::key("k");
    store_->set_limit({.scope = scope, .concurrency = 1});
    store_->set_paused(scope, true, "");
    EXPECT_EQ(ids_of(claim()), std::vector{other});
    store_->set_paused(scope, false, "");
    EXPECT_EQ(claim().size(), 1U) << "the limit is still there";
    store_->set_paused(scope, true, "");
    store_->set_limit({.scope = scope});
    EXPECT_TRUE(claim().empty()) << "the pause is still there";
    store_->set_paused(scope, false, "");
    EXPECT_EQ(claim().size(), 2U);
}

TEST_P(StoreContract, RunningJobsOfAPausedScopeGoOn) {
    add();
    const Lease lease = claim_one();
    store_->set_paused(Scope::global(), true, "");
    EXPECT_EQ(beat({lease.ref, 10s, std::nullopt, std::nullopt}), HeartbeatResult::ok);
    EXPECT_EQ(settle(to(lease, JobState::available)), SettleResult::ok);
    EXPECT_TRUE(claim().empty());
}

TEST_P(StoreContract, QueuesSayOnlyOfTheirOwnPauseThatTheyArePaused) {
    add();
    add(job("t", "other"));
    store_->set_paused(Scope::global(), true, "");
    store_->set_paused(Scope::type("default"), true, "");
    store_->set_paused(Scope::key("default"), true, "");
    EXPECT_FALSE(store_->stats().queues.at("default").paused);
    store_->set_paused(Scope::queue("default"), true, "");
    store_->set_paused(Scope::queue("empty"), true, "");
    const auto queues = store_->stats().queues;
    EXPECT_TRUE(queues.at("default").paused);
    EXPECT_TRUE(queues.at("empty").paused);
    EXPECT_FALSE(queues.at("other").paused);
}

TEST_P(StoreContract, PausingEachScopeWakesAsItShould) {
    for (const Scope& scope :
         {Scope::global(), Scope::queue("q"), Scope::type("t"), Scope::key("k")}) {
        expect_wakes(*store_, WakeChannel::control, [&] { store_->set_paused(scope, true, ""); });
        expect_wakes(*store_, WakeChannel::work, [&] { store_->set_paused(scope, false, ""); });
        expect_wakes(*store_, WakeChannel::control, [&] { store_->set_paused(scope, false, ""); });
    }
}

TEST_P(StoreContract, BadScopesAreRefused) {
    for (const Scope& scope :
         {Scope{Scope::Kind::global, "name"}, Scope::queue(""), Scope::queue("no spaces"),
          Scope::type(""), Scope::type(std::string(256, 't')), Scope::key(""),
          Scope::key(std::string(128, 'k'))}) {
        expect_error(ErrorCode::invalid_argument, [&] { store_->set_paused(scope, true, ""); });
        expect_error(ErrorCode::invalid_argument, [&] { store_->set_paused(scope, false, ""); });
    }
    EXPECT_TRUE(store_->pauses().empty());
}

TEST_P(StoreContract, PausesOutliveTheStoreObject) {
    REQUIRE_PERSISTENCE();
    store_->set_paused(Scope::key("k"), true, "ada");
    const Timestamp since = store_->pauses().at(0).since;
    store_.reset();
    store_ = open();
    ASSERT_EQ(store_->pauses().size(), 1U);
    EXPECT_EQ(store_->pauses()[0].by, "ada");
    EXPECT_EQ(store_->pauses()[0].since, since);
    add(keyed(job(), "k"));
    EXPECT_TRUE(claim().empty());
}

}  // namespace errand::test
