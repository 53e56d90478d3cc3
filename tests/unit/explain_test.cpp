#include "unit/explain_case.hpp"

#include <initializer_list>

namespace errand::core {
namespace {

using namespace std::chrono_literals;
using test::id_of;
using testing::ElementsAre;
using testing::HasSubstr;
using Case = test::ExplainCase;

TEST(Explain, NothingHoldsAJobThatIsReady) {
    const Case c;
    const auto explanation = explain(c.job, c.key, c.store);
    EXPECT_EQ(explanation.id, c.job.id);
    EXPECT_EQ(explanation.state, JobState::available);
    EXPECT_EQ(explanation.at, c.now);
    EXPECT_EQ(c.reason().code, ExplainCode::ready);
}

TEST(Explain, TellsHowAJobEnded) {
    Case c;
    c.job.finished_at = c.now - 2h;
    c.job.state = JobState::completed;
    EXPECT_EQ(c.reason().code, ExplainCode::completed);
    EXPECT_EQ(c.reason().text, "completed at 2026-01-31T06:00:00.000000Z, 2h ago");
    EXPECT_EQ(c.reason().since, c.now - 2h);
    c.job.state = JobState::cancelled;
    EXPECT_EQ(c.reason().code, ExplainCode::cancelled);
    c.job.state = JobState::discarded;
    c.job.errors.emplace_back().type = "net";
    c.job.errors.back().message = "no\nroute";
    EXPECT_EQ(c.reason().code, ExplainCode::discarded);
    EXPECT_THAT(c.reason().text, HasSubstr("2h ago: net: no\\nroute"));
}

TEST(Explain, TellsWhoRunsIt) {
    Case c;
    c.job.state = JobState::active;
    c.job.worker = "w1";
    c.job.attempt = 2;
    c.job.started_at = c.now - 90s;
    EXPECT_EQ(c.reason().code, ExplainCode::running);
    EXPECT_EQ(c.reason().text,
              "attempt 2 of 20 is with the worker w1 since 2026-01-31T07:58:30.000000Z (1m30s)");
    EXPECT_EQ(c.reason().who, "w1");
    c.job.cancel_requested = true;
    EXPECT_THAT(c.codes(), ElementsAre(ExplainCode::running, ExplainCode::cancel_requested));
}

TEST(Explain, TellsWhichSignalItWaitsFor) {
    Case c;
    c.job.state = JobState::scheduled;
    c.job.awaits_signal = "approve";
    c.job.scheduled_at = c.now + 2h;
    EXPECT_EQ(c.reason().code, ExplainCode::awaits_signal);
    EXPECT_EQ(c.reason().text,
              R"(waits for the signal "approve" until 2026-01-31T10:00:00.000000Z, in 2h)");
    EXPECT_EQ(c.reason().until, c.now + 2h);
    EXPECT_EQ(to_string(ExplainCode::awaits_signal), "awaits_signal");
    c.store.pauses.push_back({Scope::global(), c.now - 1min, "ada"});
    EXPECT_THAT(c.codes(), ElementsAre(ExplainCode::awaits_signal, ExplainCode::paused));
}

TEST(Explain, TellsThatItsWorkerIsGone) {
    Case c;
    c.job.state = JobState::active;
    c.job.worker = "w0";
    EXPECT_EQ(c.reason().code, ExplainCode::worker_lost);
    c.store.workers.clear();
    EXPECT_THAT(c.codes(), ElementsAre(ExplainCode::worker_lost, ExplainCode::no_worker));
}

TEST(Explain, TellsWhenItIsDue) {
    Case c;
    c.job.state = JobState::scheduled;
    c.job.scheduled_at = c.now + 3h;
    EXPECT_EQ(c.reason().code, ExplainCode::not_due);
    EXPECT_EQ(c.reason().text, "due at 2026-01-31T11:00:00.000000Z, in 3h");
    EXPECT_EQ(c.reason().until, c.now + 3h);
}

TEST(Explain, TellsWhatARetryWaitsFor) {
    Case c;
    c.job.state = JobState::retryable;
    c.job.attempt = 2;
    c.job.scheduled_at = c.now + 4min;
    c.job.errors.emplace_back().type = "net";
    c.job.errors.back().message = "no route";
    EXPECT_EQ(c.reason().code, ExplainCode::retry_wait);
    EXPECT_EQ(
        c.reason().text,
        "attempt 3 of 20 comes at 2026-01-31T08:04:00.000000Z, in 4m; the last error was net: "
        "no route");
}

TEST(Explain, TellsOfOtherJobsItWaitsFor) {
    Case c;
    c.job.state = JobState::pending;
    EXPECT_EQ(c.reason().code, ExplainCode::dependencies);
}

TEST(Explain, NamesTheParentsThatHaveNotEnded) {
    Case c;
    c.job.state = JobState::pending;
    c.workflow = {"clip 17",
                  {{"encode", id_of('1'), JobState::completed},
                   {"scan", id_of('2'), JobState::retryable},
                   {"thumbnails", id_of('3'), JobState::active}}};
    EXPECT_EQ(c.reason().code, ExplainCode::dependencies);
    EXPECT_EQ(c.reason().text,
              "waits in the workflow \"clip 17\" for 2 of 3 jobs to end: scan (retryable), "
              "thumbnails (active)");
    EXPECT_EQ(c.reason().count, 2U);
    EXPECT_THAT(c.reason().jobs, ElementsAre(id_of('2'), id_of('3')));
    for (auto& parent : c.workflow.parents)
        parent.state = JobState::completed;
    EXPECT_THAT(c.reason().text, HasSubstr("all 3 jobs"));
}

TEST(Explain, TellsOfEveryPauseThatHoldsIt) {
    Case c;
    c.store.pauses = {{Scope::global(), c.now - 5min, "ada"},
                      {Scope::queue("other"), c.now, "bob"},
                      {Scope::key("acme"), c.now - 1h, ""}};
    EXPECT_THAT(c.codes(), ElementsAre(ExplainCode::paused, ExplainCode::paused));
    const auto reasons = c.reasons();
    EXPECT_EQ(reasons[0].text, "global is paused by ada since 2026-01-31T07:55:00.000000Z (5m)");
    EXPECT_EQ(reasons[0].who, "ada");
    EXPECT_EQ(reasons[1].scope, Scope::key("acme"));
    EXPECT_EQ(reasons[1].since, c.now - 1h);
}

TEST(Explain, TellsWhoHoldsItsKeyAndWhyThatHasNotEnded) {
    Case c;
    c.add_holder('2', JobState::retryable);
    c.key.holders[0].scheduled_at = c.now + 10min;
    const auto reason = c.reason();
    EXPECT_EQ(reason.code, ExplainCode::key_blocked);
    EXPECT_EQ(reason.text,
              "its key \"acme\" is held by job " + to_string(id_of('2')) + ", which is retryable");
    EXPECT_THAT(reason.jobs, ElementsAre(id_of('2')));
    EXPECT_EQ(reason.count, 3U);
    ASSERT_EQ(reason.because.size(), 1U);
    EXPECT_EQ(reason.because[0].code, ExplainCode::retry_wait);
    EXPECT_EQ(reason.because[0].until, c.now + 10min);
}

TEST(Explain, FollowsTheChainThroughAHolderThatIsHeldItself) {
    Case c;
    c.add_holder('2', JobState::available);
    c.key.holders[0].type = "report";
    c.store.pauses = {{Scope::type("report"), c.now - 1min, "ada"}};
    c.add_limit(Scope::type("report")).concurrency = 1;
    c.store.limits[0].held = 1;
    const auto reason = c.reason();
    ASSERT_EQ(reason.because.size(), 2U);
    EXPECT_EQ(reason.because[0].code, ExplainCode::paused);
    EXPECT_EQ(reason.because[1].code, ExplainCode::concurrency_limit);
}

TEST(Explain, CopesWithAKeyWhoseHoldersAreManyOrGone) {
    Case c;
    c.add_holder('2', JobState::active);
    c.add_holder('3', JobState::active);
    EXPECT_THAT(c.reason().text, HasSubstr("all 2 turns of its key \"acme\" are taken"));
    c.key.holders.clear();
    EXPECT_TRUE(c.reason().because.empty());
    c.key.view.reset();
    EXPECT_EQ(c.reason().text, "the turn of its key \"acme\" is just coming");
}

TEST(Explain, TellsWhichJobsUseUpALimit) {
    Case c;
    c.add_limit(Scope::queue("mail")).concurrency = 2;
    c.store.limits[0].held = 1;
    EXPECT_EQ(c.reason().code, ExplainCode::ready);
    c.store.limits[0].held = 2;
    c.store.limits[0].holders = {id_of('4'), id_of('5')};
    EXPECT_EQ(c.reason().code, ExplainCode::concurrency_limit);
    EXPECT_EQ(c.reason().text,
              "the concurrency limit of queue:mail is used up: 2 of 2 under way (" +
                  to_string(id_of('4')) + ", " + to_string(id_of('5')) + ")");
    EXPECT_THAT(c.reason().jobs, ElementsAre(id_of('4'), id_of('5')));
    EXPECT_EQ(c.reason().scope, Scope::queue("mail"));
    EXPECT_EQ(c.reason().count, 2U);
}

TEST(Explain, TellsUntilWhenARateIsUsedUp) {
    Case c;
    c.add_limit(Scope::type("email.send")).rate = Rate::parse("100/1m");
    c.store.limits[0].available = 5;
    EXPECT_EQ(c.reason().code, ExplainCode::ready);
    c.job.weight = 10;
    EXPECT_EQ(c.reason().code, ExplainCode::rate_limit);
    EXPECT_THAT(c.reason().text, HasSubstr("is used up but for 5, and it needs 10"));
    c.job.weight = 1;
    c.store.limits[0].available = 0;
    c.store.limits[0].opens_at = c.now + 12s;
    EXPECT_EQ(c.reason().text,
              "the rate 100/1m of type:email.send is used up; it opens at "
              "2026-01-31T08:00:12.000000Z, in 12s");
    EXPECT_EQ(c.reason().until, c.now + 12s);
}

TEST(Explain, LimitsOfOtherJobsDoNotMatter) {
    Case c;
    for (const auto& scope : {Scope::queue("x"), Scope::type("x"), Scope::key("x")}) {
        c.add_limit(scope).concurrency = 1;
        c.store.limits.back().held = 1;
    }
    EXPECT_EQ(c.reason().code, ExplainCode::ready);
    c.job.key.clear();
    EXPECT_FALSE(holds(Scope::key(""), c.job));
}

TEST(Explain, TellsThatNobodyIsThereToRunIt) {
    Case c;
    c.store.workers[0].alive = false;
    EXPECT_EQ(c.reason().code, ExplainCode::no_worker);
    c.store.workers.clear();
    EXPECT_EQ(c.reason().code, ExplainCode::no_worker);
}

TEST(Explain, TellsThatNobodyServesItsQueue) {
    Case c;
    c.job.queue = "slow";
    EXPECT_EQ(c.reason().code, ExplainCode::queue_not_served);
    EXPECT_EQ(c.reason().text, "no live worker serves the queue slow; served are: default, mail");
    c.add_worker("w2", "high*6,slow*1:2", {"email.send"});
    EXPECT_EQ(c.reason().code, ExplainCode::ready);
}

TEST(Explain, TellsThatNobodyHasAHandlerForItsType) {
    Case c;
    c.job.type = "video";
    c.add_worker("w2", "other:1", {"video"});
    EXPECT_EQ(c.reason().code, ExplainCode::type_not_handled);
    EXPECT_EQ(c.reason().text,
              "the one worker that serves the queue mail has no handler for the type video");
    c.add_worker("w3", "mail:1", {});
    EXPECT_EQ(c.reason().text,
              "the 2 workers that serve the queue mail have no handler for the type video");
}

TEST(Explain, TellsThatAllSlotsAreBusy) {
    Case c;
    c.store.stats.queues["mail"].active = 3;
    c.store.stats.queues["default"].active = 8;
    EXPECT_EQ(c.reason().code, ExplainCode::ready);
    c.store.stats.queues["mail"].active = 4;
    EXPECT_EQ(c.reason().code, ExplainCode::workers_busy);
    EXPECT_EQ(c.reason().text, "all 4 slots that serve the queue mail are busy");
    EXPECT_EQ(c.reason().count, 4U);
    c.add_worker("w2", "high,mail:2", {"email.send"});
    EXPECT_EQ(c.reason().code, ExplainCode::ready);
    c.store.stats.queues["high"].active = 2;
    EXPECT_EQ(c.reason().code, ExplainCode::workers_busy);
}

TEST(Explain, TellsHowManyOthersOfItsQueueAreAvailable) {
    Case c;
    c.store.stats.queues["mail"].available = 6;
    EXPECT_EQ(c.reason().code, ExplainCode::queued);
    EXPECT_EQ(c.reason().count, 5U);
    c.store.blocked["mail"] = 5;
    EXPECT_EQ(c.reason().code, ExplainCode::ready);  // those wait for their keys
    c.store.blocked.clear();
    c.store.settings["mail"].order = QueueOrder::lifo;
    EXPECT_EQ(c.reason().text,
              "5 other jobs of the queue mail are available too; its order is lifo");
}

TEST(Explain, TellsThatItExpired) {
    Case c;
    c.job.expires_at = c.now;
    EXPECT_THAT(c.codes(), ElementsAre(ExplainCode::ready, ExplainCode::expired));
    c.job.expires_at = c.now + 5min;
    EXPECT_THAT(c.codes(), ElementsAre(ExplainCode::ready, ExplainCode::expires));
    EXPECT_EQ(c.reasons()[1].until, c.now + 5min);
    c.job.state = JobState::scheduled;
    c.job.scheduled_at = c.now + 10min;
    EXPECT_THAT(c.codes(), ElementsAre(ExplainCode::not_due, ExplainCode::expires));
    EXPECT_THAT(c.reasons()[1].text, HasSubstr("will be discarded when it is due"));
}

TEST(Explain, GivesTheWholeChainInTheOrderOfTheWay) {
    Case c;
    c.store.pauses = {{Scope::queue("mail"), c.now - 1h, "ada"}};
    c.add_limit(Scope::global()).concurrency = 4;
    c.store.limits[0].held = 4;
    c.add_limit(Scope::queue("mail")).rate = Rate::parse("1/1h");
    c.store.limits[1].available = 0;
    c.store.limits[1].opens_at = c.now + 30min;
    c.store.stats.queues["mail"].active = 4;
    c.store.stats.queues["mail"].available = 2;
    c.job.expires_at = c.now + 1min;
    EXPECT_THAT(c.codes(), ElementsAre(ExplainCode::paused, ExplainCode::concurrency_limit,
                                       ExplainCode::rate_limit, ExplainCode::workers_busy,
                                       ExplainCode::queued, ExplainCode::expires));
}

TEST(Explain, AJobThatWaitsForItsTimeAlsoTellsWhatWillHoldItThen) {
    Case c;
    c.job.state = JobState::scheduled;
    c.job.scheduled_at = c.now + 1h;
    c.store.pauses = {{Scope::queue("mail"), c.now - 1h, "ada"}};
    c.store.workers.clear();
    EXPECT_THAT(c.codes(),
                ElementsAre(ExplainCode::not_due, ExplainCode::paused, ExplainCode::no_worker));
}

TEST(ExplainCode, EachHasAName) {
    EXPECT_EQ(to_string(ExplainCode::completed), "completed");
    EXPECT_EQ(to_string(ExplainCode::paused), "paused");
    EXPECT_EQ(to_string(ExplainCode::key_blocked), "key_blocked");
    EXPECT_EQ(to_string(ExplainCode::workers_busy), "workers_busy");
    EXPECT_EQ(to_string(ExplainCode::expires), "expires");
}

}  // namespace
}  // namespace errand::core
