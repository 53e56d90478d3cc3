#include "unit/explain_case.hpp"

#include <errand/limits.hpp>

// What limits with conditions, labels and age tell of a job.

namespace errand::core {
namespace {

using namespace std::chrono_literals;
using test::id_of;
using testing::ElementsAre;
using testing::HasSubstr;
using Case = test::ExplainCase;

TEST(Explain, TellsThatTheOtherSideAskedForARest) {
    Case c;
    c.add_limit(Scope::key("acme")).rate = Rate::parse("100/1m");
    c.store.limits[0].available = 100;
    c.store.limits[0].slowed_until = c.now + 30s;
    EXPECT_EQ(c.reason().code, ExplainCode::slowed);
    EXPECT_EQ(c.reason().text,
              "key:acme was asked to slow down; it goes on at 2026-01-31T08:00:30.000000Z, in 30s");
    EXPECT_EQ(c.reason().scope, Scope::key("acme"));
    EXPECT_EQ(c.reason().until, c.now + 30s);
    c.store.limits[0].slowed_until = c.now;
    EXPECT_EQ(c.reason().code, ExplainCode::ready);
}

TEST(Explain, TellsUntilWhenABreakerIsOpenAndWhoTries) {
    Case c;
    c.add_limit(Scope::type("email.send")).breaker = Breaker{};
    auto& view = c.store.limits[0];
    view.failures = 4;
    EXPECT_EQ(c.reason().code, ExplainCode::ready);
    view.failures = 5;
    view.broken_until = c.now + 12s;
    EXPECT_EQ(c.reason().code, ExplainCode::breaker_open);
    EXPECT_EQ(
        c.reason().text,
        "the breaker of type:email.send is open: the last 5 attempts failed; one job tries at "
        "2026-01-31T08:00:12.000000Z, in 12s");
    EXPECT_EQ(c.reason().count, 5U);
    EXPECT_EQ(c.reason().until, c.now + 12s);
    view.broken_until = c.now;
    EXPECT_EQ(c.reason().code, ExplainCode::ready) << "it may be the one that tries";
    view.held = 1;
    view.holders = {id_of('4')};
    EXPECT_EQ(c.reason().code, ExplainCode::breaker_probing);
    EXPECT_THAT(c.reason().text, HasSubstr("lets one job try (" + to_string(id_of('4')) + ")"));
    EXPECT_THAT(c.reason().jobs, ElementsAre(id_of('4')));
    EXPECT_EQ(c.reason().scope, Scope::type("email.send"));
}

TEST(Explain, TellsWhenAWindowOpens) {
    Case c;
    c.add_limit(Scope::queue("mail")).window = TimeWindow::parse("mon-fri 08:00-18:00");
    EXPECT_EQ(c.reason().code, ExplainCode::ready);
    c.store.limits[0].window_opens_at = c.now + 48h;
    EXPECT_EQ(c.reason().code, ExplainCode::outside_window);
    EXPECT_EQ(c.reason().text,
              "the window mon-fri 08:00-18:00 of queue:mail opens at "
              "2026-02-02T08:00:00.000000Z, in 2d");
    EXPECT_EQ(c.reason().until, c.now + 48h);
    c.store.limits[0].window_opens_at = max_timestamp;
    EXPECT_EQ(c.reason().code, ExplainCode::outside_window);
    EXPECT_THAT(c.reason().text, HasSubstr("install its time zone"));
    EXPECT_FALSE(c.reason().until);
}

TEST(Explain, TellsEachThingThatALimitKeepsItFrom) {
    Case c;
    auto& limit = c.add_limit(Scope::global());
    limit.concurrency = 1;
    limit.rate = Rate::parse("1/1h");
    limit.breaker = Breaker{};
    limit.window = TimeWindow::parse("09:00-18:00");
    auto& view = c.store.limits[0];
    view.held = 1;
    view.available = 0;
    view.slowed_until = view.broken_until = view.window_opens_at = c.now + 1h;
    EXPECT_THAT(c.codes(), ElementsAre(ExplainCode::outside_window, ExplainCode::slowed,
                                       ExplainCode::breaker_open, ExplainCode::concurrency_limit,
                                       ExplainCode::rate_limit));
}

TEST(Explain, TellsWhichLabelsNobodyHas) {
    Case c;
    c.job.needs = {"gpu", "ssd"};
    EXPECT_EQ(c.reason().code, ExplainCode::label_missing);
    EXPECT_EQ(c.reason().text,
              "the one worker with a handler for it lacks labels that it needs: gpu, ssd; none has "
              "any");
    c.add_worker("w2", "mail:1", {"email.send"}).info.labels = {"gpu"};
    EXPECT_EQ(c.reason().text,
              "the 2 workers with a handler for it lack labels that it needs: gpu, ssd; they have: "
              "gpu");
    c.add_worker("w3", "other:1", {"email.send"}).info.labels = {"gpu", "ssd"};
    EXPECT_EQ(c.reason().code, ExplainCode::label_missing) << "w3 does not serve the queue";
    c.add_worker("w4", "mail:1", {"email.send"}).info.labels = {"gpu", "ssd"};
    EXPECT_EQ(c.reason().code, ExplainCode::ready);
    c.store.workers.back().leases = 1;
    c.store.workers.back().info.slots = 1;
    EXPECT_EQ(c.reason().code, ExplainCode::workers_busy) << "the others do not help";
    c.job.state = JobState::scheduled;
    c.job.scheduled_at = c.now + 1h;
    c.store.workers.pop_back();
    EXPECT_THAT(c.codes(), ElementsAre(ExplainCode::not_due, ExplainCode::label_missing));
}

TEST(Explain, TellsThatItIsLate) {
    Case c;
    c.job.scheduled_at = c.now - 10min;
    c.store.settings["mail"].max_age = 10min;
    EXPECT_EQ(c.reason().code, ExplainCode::ready);
    c.job.scheduled_at -= 1s;
    c.job.expires_at = c.now + 1h;
    EXPECT_THAT(c.codes(),
                ElementsAre(ExplainCode::ready, ExplainCode::late, ExplainCode::expires));
    EXPECT_EQ(c.reasons()[1].text,
              "late: available for 10m1s, and its queue mail means to begin jobs within 10m");
    EXPECT_EQ(c.reasons()[1].since, c.now - 1s);
    c.job.state = JobState::active;
    c.job.worker = "w1";
    EXPECT_EQ(c.reason().code, ExplainCode::running);
}

TEST(ExplainCode, ConditionsHaveNames) {
    EXPECT_EQ(to_string(ExplainCode::slowed), "slowed");
    EXPECT_EQ(to_string(ExplainCode::breaker_open), "breaker_open");
    EXPECT_EQ(to_string(ExplainCode::breaker_probing), "breaker_probing");
    EXPECT_EQ(to_string(ExplainCode::outside_window), "outside_window");
    EXPECT_EQ(to_string(ExplainCode::label_missing), "label_missing");
    EXPECT_EQ(to_string(ExplainCode::late), "late");
}

}  // namespace
}  // namespace errand::core
