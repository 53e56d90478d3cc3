#include "client/event_reader.hpp"
#include "client/job_webhook.hpp"
#include "client/last_state.hpp"
#include "engine/support.hpp"

#include <errand/event_stream.hpp>

#include <gmock/gmock.h>

#include <algorithm>

namespace errand::test {
namespace {

using testing::ElementsAre;

/// What a stream has told, from its thread.
class Told {
public:
    [[nodiscard]] EventStream::Callback callback() {
        return [this](const Event& event) {
            const std::lock_guard lock{mutex_};
            kinds_.emplace_back(to_string(event.kind));
        };
    }
    [[nodiscard]] std::vector<std::string> kinds() {
        const std::lock_guard lock{mutex_};
        return kinds_;
    }
    [[nodiscard]] bool has(std::size_t count) {
        return eventually([&] { return kinds().size() >= count; });
    }

private:
    std::mutex mutex_;
    std::vector<std::string> kinds_;
};

class EventStreamTest : public testing::Test {
protected:
    std::shared_ptr<Store> store = open_store("memory:");
    Client client{store};
    Told told;

    [[nodiscard]] EventStream subscribe(EventFilter filter, EventStream::Callback callback,
                                        SubscribeOptions options = {}) const {
        return client.subscribe(std::move(filter), std::move(callback), std::move(options));
    }
    JobId add(const NewJob& job) { return client.enqueue(job).id; }
    Lease claim() {
        if (!session_) session_ = store->join({.name = "w", .host = "h", .queues = ""});
        return store->claim({session_->id(), {{"default", 1}}, {"t"}, 1min}).at(0);
    }
    void settle(const Lease& lease, JobState to) {
        Settlement item;
        item.lease = lease.ref;
        item.to = to;
        static_cast<void>(store->settle({&item, 1}));
    }
    std::unique_ptr<WorkerSession> session_;
};

TEST_F(EventStreamTest, TellsWhatComes) {
    add(job("before"));
    const auto stream = subscribe({}, told.callback());
    const auto id = add(job("t"));
    client.cancel(id);
    ASSERT_TRUE(told.has(2));
    EXPECT_THAT(told.kinds(), ElementsAre("job.enqueued", "job.cancelled"));
}

TEST_F(EventStreamTest, EndsWithItsObject) {
    {
        const auto stream = subscribe({}, told.callback());
        EXPECT_EQ(store->subscriptions().size(), 1U);
    }
    EXPECT_TRUE(store->subscriptions().empty());
    add(job("t"));
    EXPECT_TRUE(told.kinds().empty());
}

TEST_F(EventStreamTest, WhoComesLateLearnsTheEnd) {
    const auto id = add(job("t"));
    settle(claim(), JobState::completed);
    const auto stream = subscribe({.job = id}, told.callback());
    ASSERT_TRUE(told.has(1));
    EXPECT_EQ(client.retry(id), ControlResult::done);
    ASSERT_TRUE(told.has(2));
    EXPECT_THAT(told.kinds(), ElementsAre("job.completed", "job.retried"));
}

TEST_F(EventStreamTest, AFilterHoldsForTheLastStateAsWell) {
    const auto id = add(job("t"));
    const auto stream =
        subscribe({.kinds = {EventKind::job_cancelled}, .job = id}, told.callback());
    client.cancel(id);
    ASSERT_TRUE(told.has(1));
    EXPECT_THAT(told.kinds(), ElementsAre("job.cancelled"));
}

TEST_F(EventStreamTest, WhatLedToTheLastStateIsNotToldAgain) {
    const auto id = add(job("t"));
    client::EventReader reader{*store, "r", {.job = id}, told.callback(), {}};
    // Between subscribing and the first look.
    const auto lease = claim();
    settle(lease, JobState::completed);
    reader.run_once({});
    reader.run_once({});
    EXPECT_THAT(told.kinds(), ElementsAre("job.completed"));
}

TEST_F(EventStreamTest, ACallbackThatThrowsHarmsNobody) {
    std::atomic<int> failures{0};
    std::atomic<int> calls{0};
    const auto stream =
        subscribe({},
                  [&](const Event&) {
                      ++calls;
                      throw std::runtime_error("mine");
                  },
                  {.failed = [&](std::string_view what) { failures += what == "mine"; }});
    add(job("t"));
    add(job("t"));
    EXPECT_TRUE(eventually([&] { return failures == 2; }));
    EXPECT_EQ(calls, 2);
}

TEST_F(EventStreamTest, ASlowCallbackIsToldWhatItMissed) {
    Gate gate;
    std::atomic<std::uint64_t> missed{0};
    std::atomic<std::uint64_t> events{0};
    auto stream = std::make_unique<EventStream>(
        store, EventFilter{{EventKind::job_enqueued}},
        [&](const Event&) {
            if (events++ == 0) gate.pass();
        },
        SubscribeOptions{.missed = [&](std::uint64_t count) { missed += count; }});
    add(job("t"));
    ASSERT_TRUE(gate.reached());
    constexpr std::size_t more = Events::max_events_kept + 1'000;
    std::vector<NewJob> jobs(1'000, job("t"));
    for (std::size_t added = 0; added < more; added += jobs.size()) {
        for (auto& one : jobs)
            one.id = new_job_id();
        static_cast<void>(client.enqueue_many(jobs));
    }
    gate.open();
    EXPECT_TRUE(eventually([&] { return missed > 0 && events + missed >= more; }));
    stream.reset();
    // The first was gone before it was acknowledged: it counts twice.
    EXPECT_LE(events + missed, more + 2);
}

TEST_F(EventStreamTest, WhoWasForgottenSubscribesAnew) {
    std::atomic<int> unknown{0};
    client::EventReader reader{
        *store, "r", {}, told.callback(), {.missed = [&](std::uint64_t n) { unknown += n == 0; }}};
    store->remove_subscription("r");
    reader.run_once({});
    EXPECT_EQ(unknown, 1);
    add(job("t"));
    reader.run_once({});
    EXPECT_THAT(told.kinds(), ElementsAre("job.enqueued"));
}

TEST_F(EventStreamTest, RefusesWhatCannotBe) {
    EXPECT_THROW(static_cast<void>(subscribe({.queue = "a b"}, told.callback())), Error);
    EXPECT_TRUE(store->subscriptions().empty());
}

TEST_F(EventStreamTest, TheLastStateOfEachState) {
    const auto kinds = [](Job job) {
        std::vector<std::string> texts;
        for (const auto& event : client::last_state(job)) {
            EXPECT_EQ(event.seq, 0U);
            texts.emplace_back(to_string(event.kind));
        }
        return texts;
    };
    Job job;
    job.id = new_job_id();
    job.state = JobState::available;
    EXPECT_THAT(kinds(job), ElementsAre("job.enqueued"));
    job.state = JobState::scheduled;
    EXPECT_THAT(kinds(job), ElementsAre("job.enqueued"));
    job.lease_seq = 1;
    EXPECT_THAT(kinds(job), ElementsAre("job.snoozed"));
    job.state = JobState::active;
    EXPECT_THAT(kinds(job), ElementsAre("job.started"));
    job.progress = Progress{1, 2, ""};
    EXPECT_THAT(kinds(job), ElementsAre("job.started", "job.progress"));
    job.state = JobState::retryable;
    EXPECT_THAT(kinds(job), ElementsAre("job.retrying"));
    job.state = JobState::discarded;
    EXPECT_THAT(kinds(job), ElementsAre("job.discarded"));
}

TEST_F(EventStreamTest, AJobsWebhookIsThereBeforeTheJob) {
    const auto receipt = client::enqueue(client, job("t"), {"https://example.org", "crm"});
    const auto views = store->subscriptions();
    ASSERT_EQ(views.size(), 1U);
    EXPECT_EQ(views[0].subscription.filter.job, receipt.id);
    EXPECT_EQ(views[0].subscription.secret_name, "crm");
    client.cancel(receipt.id);
    const auto page = store->read_events(views[0].subscription.name, 10);
    ASSERT_EQ(page->events.size(), 1U);
    EXPECT_EQ(page->events[0].kind, EventKind::job_cancelled);
}

TEST_F(EventStreamTest, AJobsWebhookFollowsTheHolderOfItsKey) {
    auto unique = job("t");
    unique.unique_key = "k";
    const auto holder = add(unique);
    unique.id = {};
    EXPECT_EQ(client::enqueue(client, unique, {"https://example.org", ""}).id, holder);
    const auto views = store->subscriptions();
    ASSERT_EQ(views.size(), 1U);
    EXPECT_EQ(views[0].subscription.filter.job, holder);
}

TEST_F(EventStreamTest, AnEnqueueThatIsRefusedLeavesNoWebhook) {
    EXPECT_THROW(client::enqueue(client, job(""), {"https://example.org", ""}), Error);
    EXPECT_TRUE(store->subscriptions().empty());
}

}  // namespace
}  // namespace errand::test
