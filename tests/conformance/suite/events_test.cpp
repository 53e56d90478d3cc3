#include "conformance/suite/fixture.hpp"
#include "conformance/suite/schedule_desk.hpp"

#include <errand/event.hpp>
#include <errand/limits.hpp>

#include <algorithm>

// What a store tells to whom, in which order, and for how long it keeps it.

namespace errand::test {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

namespace {

Subscription named(std::string name, EventFilter filter = {}) {
    Subscription subscription;
    subscription.name = std::move(name);
    subscription.filter = std::move(filter);
    return subscription;
}

std::vector<std::string> texts_of(const std::vector<Event>& events) {
    std::vector<std::string> texts;
    for (const Event& event : events)
        texts.emplace_back(to_string(event.kind));
    return texts;
}

std::vector<std::string> subjects_of(const std::vector<Event>& events) {
    std::vector<std::string> subjects;
    for (const Event& event : events)
        subjects.push_back(event.subject);
    return subjects;
}

/// One reader, "s", of a store.
class EventDesk {
public:
    explicit EventDesk(const std::shared_ptr<Store>& store) : store_(store) {}

    void subscribe(EventFilter filter = {}) {
        store_->put_subscription(named("s", std::move(filter)));
    }
    /// All that it is told and did not acknowledge.
    std::vector<Event> told(std::string_view name = "s") {
        const auto page = store_->read_events(name, 1'000);
        EXPECT_TRUE(page.has_value()) << "there is no subscription " << name;
        return page ? page->events : std::vector<Event>{};
    }
    std::vector<std::string> kinds_told() { return texts_of(told()); }
    /// The same, and dealt with.
    std::vector<Event> take() {
        const auto page = store_->read_events("s", 1'000);
        if (!page) return {};
        EXPECT_TRUE(store_->acknowledge_events("s", page->up_to));
        return page->events;
    }
    Event take_one() {
        const auto events = take();
        EXPECT_EQ(events.size(), 1U) << ::testing::PrintToString(texts_of(events));
        return events.empty() ? Event{} : events.front();
    }

private:
    const std::shared_ptr<Store>& store_;
};

}  // namespace

TEST_P(StoreContract, EventsTellsTheLifeOfAJob) {
    static_cast<void>(worker());  // its joining is told to nobody
    EventDesk desk{store_};
    desk.subscribe();
    const JobId id = add(job("t", "default"));
    Lease lease = claim_one();
    settle(to(lease, JobState::retryable));
    static_cast<void>(store_->promote_due(10));
    lease = claim_one();
    settle(to(lease, JobState::completed));
    const auto events = desk.told();
    EXPECT_THAT(texts_of(events), ElementsAre("job.enqueued", "job.started", "job.retrying",
                                              "job.started", "job.completed"));
    for (std::size_t i = 0; i < events.size(); ++i) {
        EXPECT_EQ(events[i].subject, to_string(id));
        EXPECT_EQ(events[i].type, "t");
        EXPECT_EQ(events[i].queue, "default");
        if (i > 0) {
            EXPECT_EQ(events[i].seq, events[i - 1].seq + 1);
        }
    }
}

TEST_P(StoreContract, EventsSaysWhatIsKnownOfEachKind) {
    static_cast<void>(worker());  // its joining is told to nobody
    EventDesk desk{store_};
    REQUIRE_VIRTUAL_CLOCK();
    desk.subscribe();
    auto later = job();
    later.delay = 1h;
    add(later);
    EXPECT_EQ(desk.take_one().data,
              R"({"state":"scheduled","due_at":")" + format_timestamp(clock_.now() + 1h) + "\"}");
    add();
    const Lease lease = claim_one();
    auto events = desk.take();
    ASSERT_EQ(events.size(), 2U);
    EXPECT_EQ(events[0].data, R"({"state":"available"})");
    EXPECT_EQ(events[1].data, R"({"state":"active","attempt":1,"worker":"w1"})");
    EXPECT_EQ(events[1].at, clock_.now());
    beat({lease.ref, {}, Progress{1, 2, "half"}, {}});
    EXPECT_EQ(desk.take_one().data,
              R"({"attempt":1,"progress":{"current":1,"total":2,"message":"half"}})");
    auto failed = to(lease, JobState::retryable, 5s);
    failed.error = JobError{FailureKind::timeout, 1, {}, "type", "message", "w1", "host", "", ""};
    settle(failed);
    EXPECT_EQ(desk.take_one().data,
              R"({"state":"retryable","attempt":1,)"
              R"("error":{"kind":"timeout","type":"type","message":"message"},"due_at":")" +
                  format_timestamp(clock_.now() + 5s) + "\"}");
}

TEST_P(StoreContract, EventsEachSettlementHasItsKind) {
    static_cast<void>(worker());  // its joining is told to nobody
    EventDesk desk{store_};
    const std::vector<std::pair<JobState, std::string_view>> kinds{
        {JobState::completed, "job.completed"}, {JobState::discarded, "job.discarded"},
        {JobState::cancelled, "job.cancelled"}, {JobState::retryable, "job.retrying"},
        {JobState::scheduled, "job.snoozed"},   {JobState::available, "job.snoozed"}};
    for (const auto& [state, kind] : kinds) {
        add();
        const Lease lease = claim_one();
        desk.subscribe();
        settle(to(lease, state, 1h));
        EXPECT_EQ(to_string(desk.take_one().kind), kind);
        store_->remove_subscription("s");
        static_cast<void>(store_->cancel(std::vector{lease.ref.id}));
    }
}

TEST_P(StoreContract, EventsASettlementAfterACancelRequestIsToldAsCancelled) {
    static_cast<void>(worker());  // its joining is told to nobody
    EventDesk desk{store_};
    add();
    const Lease lease = claim_one();
    EXPECT_EQ(cancel(lease.ref.id), ControlResult::requested);
    desk.subscribe();
    settle(to(lease, JobState::completed));
    const Event event = desk.take_one();
    EXPECT_EQ(event.kind, EventKind::job_cancelled);
    EXPECT_THAT(event.data, HasSubstr(R"("state":"cancelled")"));
}

TEST_P(StoreContract, EventsAPlainRunOfCompletionsIsToldJobByJob) {
    static_cast<void>(worker());  // its joining is told to nobody
    EventDesk desk{store_};
    const auto ids = add_many(50);
    const auto leases = claim(50);
    desk.subscribe({.kinds = {EventKind::job_completed}});
    std::vector<Settlement> items;
    for (const Lease& lease : leases)
        items.push_back(to(lease, JobState::completed));
    static_cast<void>(store_->settle(items));
    std::vector<std::string> expected;
    for (const JobId& id : ids)
        expected.push_back(to_string(id));
    EXPECT_EQ(subjects_of(desk.told()), expected);
}

TEST_P(StoreContract, EventsOnlyWhatWasRecordedIsTold) {
    static_cast<void>(worker());  // its joining is told to nobody
    EventDesk desk{store_};
    const JobId id = add();
    const Lease lease = claim_one();
    settle(to(lease, JobState::completed));
    desk.subscribe();
    EXPECT_EQ(settle(to(lease, JobState::completed)), SettleResult::already_settled);
    auto stale = lease.ref;
    ++stale.lease_seq;
    EXPECT_EQ(beat({stale, {}, Progress{1, 2, ""}, {}}), HeartbeatResult::lease_lost);
    EXPECT_EQ(cancel(id), ControlResult::refused);
    NewJob again = job();
    again.id = id;
    EXPECT_EQ(store_->insert({&again, 1}).at(0).kind, InsertResult::Kind::already_there);
    EXPECT_EQ(remove(id), ControlResult::done);
    EXPECT_THAT(desk.kinds_told(), IsEmpty());
}

TEST_P(StoreContract, EventsARefusedCallTellsNothing) {
    static_cast<void>(worker());  // its joining is told to nobody
    EventDesk desk{store_};
    desk.subscribe();
    std::vector<NewJob> jobs{job(), job()};
    jobs[1].id = {};
    expect_error(ErrorCode::invalid_argument, [&] { static_cast<void>(store_->insert(jobs)); });
    EXPECT_THAT(desk.kinds_told(), IsEmpty());
    add();
    EXPECT_THAT(desk.kinds_told(), ElementsAre("job.enqueued"));
}

TEST_P(StoreContract, EventsTellsWhatOperatorsDo) {
    static_cast<void>(worker());  // its joining is told to nobody
    EventDesk desk{store_};
    const JobId id = add();
    desk.subscribe();
    EXPECT_EQ(cancel(id), ControlResult::done);
    EXPECT_EQ(cancel(id), ControlResult::done);  // it was before
    EXPECT_EQ(retry(id), ControlResult::done);
    EXPECT_EQ(remove(id), ControlResult::done);
    const auto events = desk.take();
    EXPECT_THAT(texts_of(events), ElementsAre("job.cancelled", "job.retried", "job.cancelled"));
    EXPECT_THAT(events.back().data, HasSubstr(R"("removed":true)"));
    store_->set_paused(Scope::queue("mail"), true, "ada");
    store_->set_paused(Scope::queue("mail"), true, "bob");
    store_->set_paused(Scope::queue("mail"), false, "bob");
    store_->set_paused(Scope::queue("mail"), false, "bob");
    const auto pauses = desk.take();
    EXPECT_THAT(texts_of(pauses), ElementsAre("queue.paused", "queue.resumed"));
    EXPECT_EQ(pauses.front().subject, "queue:mail");
    EXPECT_EQ(pauses.front().data, R"({"by":"ada"})");
}

TEST_P(StoreContract, EventsTellsOfSchedules) {
    static_cast<void>(worker());  // its joining is told to nobody
    EventDesk desk{store_};
    REQUIRE_VIRTUAL_CLOCK();
    desk.subscribe();
    ScheduleDesk schedules{*store_, clock_};
    schedules.add_armed();
    const auto made = schedules.next_tick();
    ASSERT_EQ(made.size(), 1U);
    EXPECT_TRUE(store_->remove_schedule("s"));
    const auto events = desk.take();
    EXPECT_THAT(texts_of(events),
                ElementsAre("schedule.changed", "schedule.changed", "job.enqueued",
                            "schedule.fired", "schedule.changed"));
    EXPECT_THAT(events[0].data, HasSubstr(R"("change":"created")"));
    EXPECT_THAT(events[1].data, HasSubstr(R"("change":"armed")"));
    EXPECT_THAT(events[3].data, HasSubstr(to_string(made.front())));
    EXPECT_THAT(events[4].data, HasSubstr(R"("change":"removed")"));
    EXPECT_EQ(events[3].subject, "s");
}

TEST_P(StoreContract, EventsTellsOfWorkers) {
    static_cast<void>(worker());  // its joining is told to nobody
    EventDesk desk{store_};
    desk.subscribe();
    auto second = join("w2");
    EXPECT_EQ(desk.take_one().kind, EventKind::worker_joined);
    second->retire();
    const Event left = desk.take_one();
    EXPECT_EQ(left.kind, EventKind::worker_left);
    EXPECT_EQ(left.subject, "w2");
    second.reset();
    auto third = join("w3");
    static_cast<void>(desk.take());
    third.reset();
    // Somebody notices.
    static_cast<void>(store_->take_over_expired(worker(), 10, 15s));
    const Event died = desk.take_one();
    EXPECT_EQ(died.kind, EventKind::worker_died);
    EXPECT_EQ(died.subject, "w3");
}

TEST_P(StoreContract, EventsARescueIsTold) {
    static_cast<void>(worker());  // its joining is told to nobody
    EventDesk desk{store_};
    auto second = join("w2");
    add();
    ASSERT_EQ(store_->claim({second->id(), {{"default", 1}}, {"t"}, 15s}).size(), 1U);
    desk.subscribe({.kinds = {EventKind::job_rescued}});
    second.reset();
    ASSERT_EQ(store_->take_over_expired(worker(), 10, 15s).size(), 1U);
    EXPECT_EQ(desk.take_one().data, R"({"attempt":1,"worker":"w2","worker_died":true})");
}

TEST_P(StoreContract, EventsProgressIsToldTenTimesASecond) {
    static_cast<void>(worker());  // its joining is told to nobody
    EventDesk desk{store_};
    REQUIRE_VIRTUAL_CLOCK();
    add();
    const Lease lease = claim_one();
    desk.subscribe({.kinds = {EventKind::job_progress}});
    for (std::uint32_t i = 0; i < 40; ++i) {
        beat({lease.ref, {}, Progress{i, 40, ""}, {}});
        clock_.advance(25ms);
    }
    EXPECT_EQ(desk.take().size(), 10U);
}

TEST_P(StoreContract, EventsATraceGoesAlong) {
    static_cast<void>(worker());  // its joining is told to nobody
    EventDesk desk{store_};
    constexpr std::string_view trace = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01";
    desk.subscribe();
    auto traced = job();
    traced.meta = R"({"traceparent":")" + std::string{trace} + R"(","secret":"no"})";
    add(traced);
    const Lease lease = claim_one();
    settle(to(lease, JobState::completed));
    const auto events = desk.take();
    ASSERT_EQ(events.size(), 3U);
    for (const Event& event : events) {
        EXPECT_THAT(event.data, HasSubstr(trace));
        EXPECT_THAT(event.data, ::testing::Not(HasSubstr("secret")));
    }
}

TEST_P(StoreContract, EventsNothingIsRecordedWithoutASubscription) {
    static_cast<void>(worker());  // its joining is told to nobody
    EventDesk desk{store_};
    add();
    desk.subscribe();
    EXPECT_THAT(desk.kinds_told(), IsEmpty());
    add();
    const auto last = desk.take_one().seq;
    EXPECT_TRUE(store_->remove_subscription("s"));
    EXPECT_FALSE(store_->remove_subscription("s"));
    EXPECT_FALSE(store_->read_events("s", 1).has_value());
    EXPECT_FALSE(store_->acknowledge_events("s", 1));
    add_many(10);
    desk.subscribe();
    EXPECT_THAT(desk.kinds_told(), IsEmpty());
    add();
    EXPECT_EQ(desk.take_one().seq, last + 1);
}

TEST_P(StoreContract, EventsItIsTheSameAgainUntilItIsAcknowledged) {
    static_cast<void>(worker());  // its joining is told to nobody
    EventDesk desk{store_};
    desk.subscribe();
    add_many(5);
    const auto first = store_->read_events("s", 2);
    ASSERT_TRUE(first.has_value());
    EXPECT_EQ(first->events.size(), 2U);
    EXPECT_TRUE(first->more);
    EXPECT_EQ(first->up_to, first->events.back().seq);
    EXPECT_EQ(store_->read_events("s", 2)->events, first->events);
    EXPECT_TRUE(store_->acknowledge_events("s", first->up_to));
    const auto second = store_->read_events("s", 1'000);
    EXPECT_EQ(second->events.size(), 3U);
    EXPECT_FALSE(second->more);
    EXPECT_EQ(second->events.front().seq, first->up_to + 1);
    // What has not come yet cannot be dealt with, and what was stays so.
    EXPECT_TRUE(store_->acknowledge_events("s", second->up_to + 100));
    EXPECT_TRUE(store_->acknowledge_events("s", 0));
    EXPECT_THAT(desk.told(), IsEmpty());
    add();
    EXPECT_EQ(desk.take().size(), 1U);
}

TEST_P(StoreContract, EventsEachFilterLetsItsEventsPass) {
    static_cast<void>(worker());  // its joining is told to nobody
    EventDesk desk{store_};
    const JobId one = add(job("t", "default"));
    store_->put_subscription(named("kind", {.kinds = {EventKind::job_started}}));
    store_->put_subscription(named("job", {.job = one}));
    store_->put_subscription(named("type", {.type = "u"}));
    store_->put_subscription(named("queue", {.queue = "other"}));
    const JobId two = add(job("u", "other"));
    const ClaimRequest all{worker(), {{"default", 9}, {"other", 9}}, {"t", "u"}, 15s};
    ASSERT_EQ(store_->claim(all).size(), 2U);
    store_->set_paused("other", true);
    EXPECT_THAT(subjects_of(desk.told("kind")), ElementsAre(to_string(one), to_string(two)));
    EXPECT_THAT(texts_of(desk.told("job")), ElementsAre("job.started"));
    EXPECT_THAT(texts_of(desk.told("type")), ElementsAre("job.enqueued", "job.started"));
    EXPECT_THAT(texts_of(desk.told("queue")), ElementsAre("job.enqueued", "job.started"));
}

TEST_P(StoreContract, EventsDeliveriesAreNotDelivered) {
    static_cast<void>(worker());  // its joining is told to nobody
    EventDesk desk{store_};
    auto hook = named("hook");
    hook.url = "https://example.org/hook";
    store_->put_subscription(hook);
    store_->put_subscription(named("reader"));
    add(job("errand.webhook", "default"));
    add(job("t", "default"));
    EXPECT_EQ(desk.told("hook").size(), 1U);
    EXPECT_EQ(desk.told("reader").size(), 2U);
}

TEST_P(StoreContract, EventsASubscriptionIsKeptAsItWasGiven) {
    static_cast<void>(worker());  // its joining is told to nobody
    Subscription full = named("full");
    full.filter.kinds = {EventKind::job_completed, EventKind::job_enqueued,
                         EventKind::job_completed};
    full.filter.job = new_job_id();
    full.filter.type = "t";
    full.filter.queue = "q";
    full.url = "https://example.org/a?b=c";
    full.secret_name = "crm";
    full.idle_limit = 1h;
    store_->put_subscription(full);
    store_->put_subscription(named("a"));
    auto views = store_->subscriptions();
    ASSERT_EQ(views.size(), 2U);
    EXPECT_EQ(views[0].subscription, named("a"));
    full.filter.kinds = {EventKind::job_enqueued, EventKind::job_completed};
    EXPECT_EQ(views[1].subscription, full);
    EXPECT_EQ(views[1].missed, 0U);
}

TEST_P(StoreContract, EventsAChangedSubscriptionGoesOnWhereItWas) {
    static_cast<void>(worker());  // its joining is told to nobody
    EventDesk desk{store_};
    desk.subscribe();
    add();
    desk.subscribe({.kinds = {EventKind::job_enqueued, EventKind::job_started}});
    add();
    EXPECT_THAT(desk.kinds_told(), ElementsAre("job.enqueued", "job.enqueued"));
    desk.subscribe({.kinds = {EventKind::job_started}});
    EXPECT_THAT(desk.kinds_told(), IsEmpty());
}

TEST_P(StoreContract, EventsWhatNoSubscriptionCanBeIsRefused) {
    static_cast<void>(worker());  // its joining is told to nobody
    EventDesk desk{store_};
    const auto refused = [&](auto change) {
        auto bad = named("s");
        change(bad);
        expect_error(ErrorCode::invalid_argument, [&] { store_->put_subscription(bad); });
    };
    refused([](Subscription& bad) { bad.name = ""; });
    refused([](Subscription& bad) { bad.name = "a b"; });
    refused([](Subscription& bad) { bad.url = "ftp://example.org"; });
    refused([](Subscription& bad) { bad.url = "https://example.org/a b"; });
    refused([](Subscription& bad) { bad.filter.queue = "a b"; });
    refused([](Subscription& bad) { bad.filter.job = JobId{}; });
    refused([](Subscription& bad) { bad.filter.kinds = {static_cast<EventKind>(63)}; });
    refused([](Subscription& bad) { bad.idle_limit = Duration::zero(); });
    EXPECT_THAT(store_->subscriptions(), IsEmpty());
    desk.subscribe();
    expect_error(ErrorCode::invalid_argument,
                 [&] { static_cast<void>(store_->read_events("s", 0)); });
    expect_error(ErrorCode::invalid_argument,
                 [&] { static_cast<void>(store_->read_events("s", 1'001)); });
}

TEST_P(StoreContract, EventsSubscriptionsAreBounded) {
    static_cast<void>(worker());  // its joining is told to nobody
    for (std::uint32_t i = 0; i < Events::max_subscriptions; ++i)
        store_->put_subscription(named("s" + std::to_string(i)));
    expect_error(ErrorCode::limit_exceeded, [&] { store_->put_subscription(named("one-more")); });
    store_->put_subscription(named("s0", {.queue = "q"}));  // there is room for what is there
}

TEST_P(StoreContract, EventsASlowReaderIsToldWhatItMissed) {
    static_cast<void>(worker());  // its joining is told to nobody
    EventDesk desk{store_};
    desk.subscribe();
    store_->put_subscription(named("elsewhere", {.queue = "elsewhere"}));
    constexpr std::size_t excess = 500;
    std::size_t left = Events::max_events_kept + excess;
    while (left > 0) {
        const auto count = std::min<std::size_t>(left, 5'000);
        static_cast<void>(add_many(count));
        left -= count;
    }
    auto page = store_->read_events("s", 1'000);
    ASSERT_TRUE(page.has_value());
    EXPECT_EQ(page->missed, excess);
    EXPECT_EQ(page->events.size(), 1'000U);
    EXPECT_EQ(page->events.front().seq, excess + 1);
    EXPECT_TRUE(store_->acknowledge_events("s", page->up_to));
    page = store_->read_events("s", 1'000);
    EXPECT_EQ(page->missed, 0U);  // it knows
    EXPECT_EQ(page->events.front().seq, excess + 1'001);
    EXPECT_EQ(store_->read_events("elsewhere", 10)->missed, 0U);
    for (const auto& view : store_->subscriptions())
        EXPECT_EQ(view.missed, view.subscription.name == "s" ? excess : 0U);
}

TEST_P(StoreContract, EventsWhoIsIdleForTooLongIsForgotten) {
    static_cast<void>(worker());  // its joining is told to nobody
    REQUIRE_VIRTUAL_CLOCK();
    auto brief = named("brief");
    brief.idle_limit = 10s;
    store_->put_subscription(brief);
    store_->put_subscription(named("lasting"));
    clock_.advance(9s);
    EXPECT_TRUE(store_->read_events("brief", 1).has_value());  // that counts
    clock_.advance(9s);
    EXPECT_TRUE(store_->read_events("brief", 1).has_value());
    clock_.advance(11s);
    EXPECT_EQ(store_->subscriptions().size(), 1U);
    EXPECT_FALSE(store_->read_events("brief", 1).has_value());
    EXPECT_TRUE(store_->read_events("lasting", 1).has_value());
    store_->put_subscription(brief);
    clock_.advance(11s);
    static_cast<void>(store_->prune({}, 10));
    EXPECT_FALSE(store_->acknowledge_events("brief", 1));
    EXPECT_EQ(store_->subscriptions().size(), 1U);
}

TEST_P(StoreContract, EventsReadersWakeUp) {
    static_cast<void>(worker());  // its joining is told to nobody
    EventDesk desk{store_};
    desk.subscribe();
    expect_wakes(*store_, WakeChannel::events, [&] { add(); });
    expect_wakes(*store_, WakeChannel::events, [&] { store_->put_subscription(named("t")); });
    expect_wakes(*store_, WakeChannel::events, [&] { store_->remove_subscription("t"); });
}

TEST_P(StoreContract, EventsAnotherProcessKnowsOfASubscriptionAtOnce) {
    static_cast<void>(worker());  // its joining is told to nobody
    EventDesk desk{store_};
    REQUIRE_PERSISTENCE();
    const auto other = open();
    const auto insert = [](Store& store) {
        const NewJob one = job();
        static_cast<void>(store.insert({&one, 1}));
    };
    insert(*store_);
    insert(*other);  // both know that nobody wants anything
    other->put_subscription(named("s"));
    insert(*store_);
    insert(*other);
    EXPECT_EQ(desk.told().size(), 2U);
    store_->remove_subscription("s");
    insert(*other);
    store_->put_subscription(named("s"));
    insert(*other);
    EXPECT_EQ(desk.told().size(), 1U);
}

TEST_P(StoreContract, EventsEventsOutliveTheirStore) {
    static_cast<void>(worker());  // its joining is told to nobody
    EventDesk desk{store_};
    REQUIRE_PERSISTENCE();
    desk.subscribe();
    const JobId id = add();
    session_.reset();
    store_.reset();
    store_ = open();
    const auto events = desk.told();
    ASSERT_FALSE(events.empty());
    EXPECT_EQ(events.front().subject, to_string(id));
}

}  // namespace errand::test
