#include "engine/event_relay.hpp"
#include "engine/support.hpp"
#include "support/fault_store.hpp"

#include <gmock/gmock.h>
#include <boost/json.hpp>

#include <set>

namespace errand::test {
namespace {

Subscription hook(std::string name, EventFilter filter = {}) {
    Subscription subscription;
    subscription.name = std::move(name);
    subscription.filter = std::move(filter);
    subscription.url = "https://example.org/" + subscription.name;
    return subscription;
}

class EventRelayTest : public testing::Test {
protected:
    std::shared_ptr<FaultStore> store = std::make_shared<FaultStore>(open_store("memory:"));
    engine::Logger log{[this](LogLevel, std::string_view line) { lines.emplace_back(line); }};
    std::vector<std::string> lines;
    engine::EventRelay relay{*store, log, {}};

    JobId add(const NewJob& job) {
        static_cast<void>(store->insert({&job, 1}));
        return job.id;
    }
    std::vector<Job> deliveries() {
        JobFilter filter;
        filter.type = "errand.webhook";
        return store->list(filter, 1'000, "").jobs;
    }
    std::vector<std::string> delivered_kinds() {
        std::vector<std::string> kinds;
        for (const auto& job : deliveries()) {
            const auto args = boost::json::parse(job.args);
            const auto& type = args.at(0).at("event").at("type").as_string();
            kinds.emplace_back(type.c_str(), type.size());
        }
        return kinds;
    }
    std::vector<std::string> names() {
        std::vector<std::string> names;
        for (const auto& view : store->subscriptions())
            names.push_back(view.subscription.name);
        return names;
    }
};

TEST_F(EventRelayTest, MakesAJobOfEachEventForEachUrl) {
    store->put_subscription(hook("all"));
    store->put_subscription(hook("mail", {.queue = "mail"}));
    Subscription reader;
    reader.name = "reader";
    store->put_subscription(reader);
    add(job("t", "mail"));
    add(job("t", "default"));
    relay.run_once({});
    EXPECT_EQ(deliveries().size(), 3U);
    relay.run_once({});
    EXPECT_EQ(deliveries().size(), 3U);
    EXPECT_EQ(store->read_events("reader", 10)->events.size(), 5U);
}

TEST_F(EventRelayTest, ADeathBetweenMakingAndSayingSoRepeatsNothing) {
    store->put_subscription(hook("all"));
    add(job("t"));
    // The answer to the insertion never came: it is as dead as after it.
    store->on_insert.lose_answer = true;
    EXPECT_THROW(relay.run_once({}), Error);
    store->on_insert.lose_answer = false;
    EXPECT_EQ(deliveries().size(), 1U);
    engine::EventRelay successor{*store, log, {}};
    successor.run_once({});
    EXPECT_EQ(deliveries().size(), 1U);
    EXPECT_TRUE(store->read_events("all", 10)->events.empty());
}

TEST_F(EventRelayTest, ARefusedInsertionIsMadeUpFor) {
    store->put_subscription(hook("all"));
    add(job("t"));
    store->on_insert.refuse = true;
    EXPECT_THROW(relay.run_once({}), Error);
    store->on_insert.refuse = false;
    EXPECT_TRUE(deliveries().empty());
    relay.run_once({});
    EXPECT_EQ(deliveries().size(), 1U);
}

TEST_F(EventRelayTest, TwoRelaysMakeItOnce) {
    store->put_subscription(hook("all"));
    for (int i = 0; i < 250; ++i)
        add(job("t"));
    engine::EventRelay other{*store, log, {}};
    while (relay.run_once({}).delay == Duration::zero())
        other.run_once({});
    std::set<std::string> args;
    for (const auto& job : deliveries())
        args.insert(job.args);
    EXPECT_EQ(deliveries().size(), 250U);
    EXPECT_EQ(args.size(), 250U);
}

TEST_F(EventRelayTest, DeliveriesMakeNoDeliveries) {
    store->put_subscription(hook("all"));
    add(job("t"));
    for (int i = 0; i < 5; ++i)
        relay.run_once({});
    EXPECT_EQ(deliveries().size(), 1U);
}

TEST_F(EventRelayTest, TheHookOfAJobGoesWithItsEnd) {
    const auto id = new_job_id();
    store->put_subscription(hook("one", {.job = id}));
    auto wanted = job("t");
    wanted.id = id;
    add(wanted);
    relay.run_once({});
    EXPECT_THAT(names(), testing::ElementsAre("one"));
    static_cast<void>(store->cancel({&id, 1}));
    relay.run_once({});
    EXPECT_THAT(names(), testing::IsEmpty());
    EXPECT_THAT(delivered_kinds(), testing::UnorderedElementsAre("dev.errand.job.enqueued",
                                                                 "dev.errand.job.cancelled"));
}

TEST_F(EventRelayTest, AHookThatDoesNotWantTheEndGoesAsWell) {
    const auto id = add(job("t"));
    store->put_subscription(hook("one", {.kinds = {EventKind::job_progress}, .job = id}));
    relay.run_once({});
    EXPECT_THAT(names(), testing::ElementsAre("one"));
    static_cast<void>(store->cancel({&id, 1}));
    relay.run_once({});
    EXPECT_THAT(names(), testing::IsEmpty());
    EXPECT_TRUE(deliveries().empty());
}

TEST_F(EventRelayTest, SleepsUntilSomethingHappens) {
    const auto idle = relay.run_once({});
    EXPECT_EQ(idle.channel, WakeChannel::events);
    EXPECT_GE(idle.delay, 10s);
    store->put_subscription(hook("all"));
    EXPECT_NE(store->generation(WakeChannel::events), idle.seen);
    const auto next = relay.run_once({});
    add(job("t"));
    EXPECT_NE(store->generation(WakeChannel::events), next.seen);
}

TEST_F(EventRelayTest, AWorkerRelays) {
    store->put_subscription(hook("all", {.kinds = {EventKind::job_completed}}));
    Worker worker{store, slots(1)};
    worker.handle("t", [](Context&) { return Outcome::done(); });
    worker.start();
    add(job("t"));
    EXPECT_TRUE(eventually([&] { return deliveries().size() == 1; }));
    worker.stop();
}

TEST_F(EventRelayTest, AWorkerSaysWhoSpeaksAndWhereDeliveriesStand) {
    store->put_subscription(hook("all", {.kinds = {EventKind::job_completed}}));
    auto options = slots(1);
    options.event_source = "/shop";
    options.webhook_queue = "hooks";
    Worker worker{store, options};
    worker.handle("t", [](Context&) { return Outcome::done(); });
    worker.start();
    add(job("t"));
    ASSERT_TRUE(eventually([&] { return deliveries().size() == 1; }));
    worker.stop();
    const auto delivery = deliveries().front();
    EXPECT_EQ(delivery.queue, "hooks");
    EXPECT_THAT(delivery.args, testing::HasSubstr(R"("source":"/shop")"));
}

TEST_F(EventRelayTest, AWorkerRefusesASourceThatIsNoUri) {
    for (const auto* source : {"", "the shop", "/caf\xc3\xa9"}) {
        WorkerOptions options;
        options.event_source = source;
        EXPECT_THROW((Worker{store, options}), Error) << source;
    }
}

}  // namespace
}  // namespace errand::test
