#include "core/decide.hpp"

#include "base/text.hpp"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>
#include <errand/limits.hpp>

namespace errand::core {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

/// A second attempt of three, and what a test may change about it before it asks for the decision.
struct Case {
    Case() {
        lease.ref = {*JobId::parse("0190a8c0-7e5b-7abc-8def-0123456789af"), 7, 42};
        lease.attempt = 2;
        lease.max_attempts = 3;
        lease.retry = RetryPolicy::exponential(1min);
        site = {"web1:1:1", "web1", Timestamp{1s}};
    }

    [[nodiscard]] Settlement after(Outcome outcome, StopReason stop = StopReason::none) const {
        return decide(lease, std::move(outcome), stop, 0.5, site, options);
    }
    [[nodiscard]] Settlement after_loss(RunMark mark, bool worker_died) const {
        return decide_crash({lease, mark, worker_died, site.worker, site.host}, site, options);
    }

    Lease lease;
    AttemptSite site;
    DecideOptions options;
};

TEST(Decide, DoneCompletesWithItsResult) {
    const auto settlement = Case{}.after(Outcome::done(R"({"n":1})"));
    EXPECT_EQ(settlement.to, JobState::completed);
    EXPECT_EQ(settlement.result, R"({"n":1})");
    EXPECT_TRUE(settlement.uses_attempt);
    EXPECT_FALSE(settlement.error);
    EXPECT_FALSE(settlement.log);
    EXPECT_EQ(settlement.lease.lease_seq, 7U);
    EXPECT_EQ(settlement.lease.row, 42);
}

TEST(Decide, DoneWinsOverATimeoutAndAnInterruption) {
    for (const auto stop :
         {StopReason::timed_out, StopReason::interrupted, StopReason::lease_lost}) {
        EXPECT_EQ(Case{}.after(Outcome::done(), stop).to, JobState::completed);
    }
}

TEST(Decide, AResultThatIsNoJsonFailsTheAttempt) {
    const auto settlement = Case{}.after(Outcome::done("{oops"));
    EXPECT_EQ(settlement.to, JobState::retryable);
    EXPECT_EQ(settlement.result, "");
    ASSERT_TRUE(settlement.error);
    EXPECT_EQ(settlement.error->kind, FailureKind::error);
    EXPECT_THAT(settlement.error->message, HasSubstr("the result is not valid JSON"));
}

TEST(Decide, AResultAboveTheLimitFailsTheAttempt) {
    Case c;
    c.options.result_bytes = 4;
    EXPECT_EQ(c.after(Outcome::done("1234")).to, JobState::completed);
    const auto settlement = c.after(Outcome::done("12345"), StopReason::timed_out);
    EXPECT_EQ(settlement.to, JobState::retryable);
    EXPECT_THAT(settlement.error->message, HasSubstr("5 bytes, more than the 4 allowed"));
}

TEST(Decide, AFailureIsTriedAgainAsThePolicySays) {
    const auto settlement = Case{}.after(Outcome::fail("no route", "net"));
    EXPECT_EQ(settlement.to, JobState::retryable);
    EXPECT_EQ(settlement.delay, 2min);
    EXPECT_TRUE(settlement.uses_attempt);
    ASSERT_TRUE(settlement.error);
    EXPECT_EQ(settlement.error->kind, FailureKind::error);
    EXPECT_EQ(settlement.error->type, "net");
    EXPECT_EQ(settlement.error->message, "no route");
    EXPECT_EQ(settlement.error->attempt, 2U);
    EXPECT_EQ(settlement.error->worker, "web1:1:1");
    EXPECT_EQ(settlement.error->host, "web1");
    EXPECT_EQ(settlement.error->at, Timestamp{1s});
}

TEST(Decide, TheHandlersPolicyCountsWhereTheJobHasNone) {
    Case c;
    c.lease.retry.reset();
    c.options.default_retry = RetryPolicy::fixed(7s);
    EXPECT_EQ(c.after(Outcome::fail("x")).delay, 7s);
}

TEST(Decide, RandomPlacesTheJitter) {
    Case c;
    c.lease.retry = RetryPolicy::fixed(100s).jitter(0.5);
    EXPECT_EQ(decide(c.lease, Outcome::fail("x"), StopReason::none, 0.0, c.site, c.options).delay,
              50s);
}

TEST(Decide, TheLastAttemptDiscardsAndKeepsTheHandlersError) {
    Case c;
    c.lease.attempt = 3;
    for (const auto& outcome : {Outcome::fail("no route"), Outcome::retry_in(1s, "no route")}) {
        const auto settlement = c.after(outcome);
        EXPECT_EQ(settlement.to, JobState::discarded);
        EXPECT_TRUE(settlement.uses_attempt);
        EXPECT_EQ(settlement.delay, 0s);
        EXPECT_EQ(settlement.error.value().message, "no route");
    }
}

TEST(Decide, RetryInChoosesItsOwnDelay) {
    const auto settlement = Case{}.after(Outcome::retry_in(3s, "busy"));
    EXPECT_EQ(settlement.to, JobState::retryable);
    EXPECT_EQ(settlement.delay, 3s);
    EXPECT_EQ(settlement.error.value().message, "busy");
    EXPECT_EQ(Case{}.after(Outcome::retry_in(-3s)).delay, 0s);
    EXPECT_EQ(Case{}.after(Outcome::retry_in(Duration::max())).delay, max_duration);
}

TEST(Decide, SlowDownRetriesThenAndAsksForARest) {
    const auto settlement = Case{}.after(Outcome::slow_down(3s, "busy"));
    EXPECT_EQ(settlement.to, JobState::retryable);
    EXPECT_EQ(settlement.delay, 3s);
    EXPECT_EQ(settlement.slow_down, 3s);
    EXPECT_TRUE(settlement.uses_attempt);
    EXPECT_EQ(settlement.error.value().type, "slow_down");
    EXPECT_EQ(settlement.error.value().message, "busy");
    EXPECT_EQ(Case{}.after(Outcome::slow_down(-3s)).slow_down, 0s);
    EXPECT_EQ(Case{}.after(Outcome::slow_down(Duration::max())).slow_down, max_duration);
    Case last;
    last.lease.attempt = 3;
    EXPECT_EQ(last.after(Outcome::slow_down(3s)).to, JobState::discarded);
    EXPECT_EQ(last.after(Outcome::slow_down(3s)).slow_down, 3s) << "whatever becomes of the job";
    EXPECT_EQ(Case{}.after(Outcome::slow_down(3s), StopReason::cancelled).slow_down, 3s);
    EXPECT_FALSE(Case{}.after(Outcome::retry_in(3s)).slow_down);
}

TEST(Decide, SaysWhatAnAttemptTellsOfItsTarget) {
    const auto target = [](Outcome outcome, StopReason stop = StopReason::none) {
        return Case{}.after(std::move(outcome), stop).target;
    };
    using enum TargetHealth;
    EXPECT_EQ(target(Outcome::done()), good);
    EXPECT_EQ(target(Outcome::done(), StopReason::cancelled), good);
    EXPECT_EQ(target(Outcome::fail("x")), bad);
    EXPECT_EQ(target(Outcome::retry_in(1s)), bad);
    EXPECT_EQ(target(Outcome::slow_down(1s)), bad);
    EXPECT_EQ(target(Outcome::snooze(1s), StopReason::timed_out), bad);
    for (const auto& outcome : {Outcome::snooze(1s), Outcome::discard("x"), Outcome::cancel()})
        EXPECT_EQ(target(outcome), unknown);
    for (const auto stop : {StopReason::interrupted, StopReason::cancelled})
        EXPECT_EQ(target(Outcome::fail("x"), stop), unknown);
    Case last;
    last.lease.attempt = 3;
    EXPECT_EQ(last.after(Outcome::fail("x")).target, bad);
    EXPECT_EQ(decide_release(last.lease).target, unknown);
    EXPECT_EQ(last.after_loss(RunMark::started, true).target, bad);
    EXPECT_EQ(last.after_loss(RunMark::claimed, true).target, unknown);
    EXPECT_EQ(last.after_loss(RunMark::finished, true).target, unknown);
    EXPECT_EQ(last.after_loss(RunMark::unknown, true).target, unknown) << "not the job's fault";
}

TEST(Decide, AWaitForASignalUsesNoAttempt) {
    Case c;
    c.lease.attempt = c.lease.max_attempts;
    for (const auto stop : {StopReason::none, StopReason::interrupted}) {
        const auto settlement = c.after(Outcome::wait_signal("approve", 24h), stop);
        EXPECT_EQ(settlement.to, JobState::scheduled);
        EXPECT_EQ(settlement.signal, "approve");
        EXPECT_EQ(settlement.delay, 24h);
        EXPECT_FALSE(settlement.uses_attempt);
        EXPECT_FALSE(settlement.counts_interruption);
        EXPECT_FALSE(settlement.error);
        EXPECT_EQ(settlement.target, TargetHealth::unknown);
    }
    EXPECT_EQ(c.after(Outcome::wait_signal("a", -1s)).delay, Duration::zero());
    EXPECT_EQ(c.after(Outcome::wait_signal("a", Duration::max())).delay, max_duration);
    EXPECT_EQ(c.after(Outcome::snooze(1s)).signal, "");
}

TEST(Decide, AWaitAfterACancelOrATimeoutIsNone) {
    const Case c;
    const auto wait = Outcome::wait_signal("approve", 24h);
    EXPECT_EQ(c.after(wait, StopReason::cancelled).to, JobState::cancelled);
    EXPECT_EQ(c.after(wait, StopReason::cancelled).signal, "");
    const auto late = c.after(wait, StopReason::timed_out);
    EXPECT_EQ(late.error.value().kind, FailureKind::timeout);
    EXPECT_EQ(late.signal, "");
}

TEST(Decide, AnImpossibleSignalFailsTheAttempt) {
    for (const auto* name : {"", "a b", "-a"}) {
        const auto settlement = Case{}.after(Outcome::wait_signal(name, 1s));
        EXPECT_EQ(settlement.to, JobState::retryable);
        EXPECT_EQ(settlement.signal, "");
        EXPECT_EQ(settlement.error.value().type, "bad signal");
    }
}

TEST(Decide, SnoozeWaitsWithoutUsingTheAttempt) {
    Case c;
    c.lease.attempt = 3;
    for (const auto stop : {StopReason::none, StopReason::interrupted}) {
        const auto settlement = c.after(Outcome::snooze(5min), stop);
        EXPECT_EQ(settlement.to, JobState::scheduled);
        EXPECT_EQ(settlement.delay, 5min);
        EXPECT_FALSE(settlement.uses_attempt);
        EXPECT_FALSE(settlement.counts_interruption);
        EXPECT_FALSE(settlement.error);
    }
}

TEST(Decide, DiscardGivesUpWithItsReason) {
    for (const auto stop : {StopReason::none, StopReason::interrupted}) {
        const auto settlement = Case{}.after(Outcome::discard("no such user"), stop);
        EXPECT_EQ(settlement.to, JobState::discarded);
        EXPECT_EQ(settlement.error.value().message, "no such user");
    }
}

TEST(Decide, CancelByTheHandlerCancels) {
    const auto settlement = Case{}.after(Outcome::cancel("not wanted"));
    EXPECT_EQ(settlement.to, JobState::cancelled);
    EXPECT_EQ(settlement.error.value().kind, FailureKind::cancel);
    EXPECT_EQ(settlement.error.value().message, "not wanted");
    EXPECT_EQ(Case{}.after(Outcome::cancel()).error.value().message, "cancelled by its handler");
}

TEST(Decide, AnyOutcomeAfterACancelRequestIsCancelled) {
    for (const auto& outcome :
         {Outcome::done("1"), Outcome::done("{bad"), Outcome::fail("x"), Outcome::retry_in(1s),
          Outcome::snooze(1s), Outcome::discard("x"), Outcome::cancel()}) {
        const auto settlement = Case{}.after(outcome, StopReason::cancelled);
        EXPECT_EQ(settlement.to, JobState::cancelled);
        EXPECT_EQ(settlement.delay, 0s);
    }
    EXPECT_EQ(Case{}.after(Outcome::done("1"), StopReason::cancelled).result, "1");
    EXPECT_EQ(Case{}.after(Outcome::done("{bad"), StopReason::cancelled).result, "");
}

TEST(Decide, AnyOutcomeButDoneAfterATimeoutIsATimeout) {
    Case c;
    c.lease.timeout = 30s;
    for (const auto& outcome : {Outcome::fail("stopped"), Outcome::retry_in(1s, "stopped"),
                                Outcome::discard("stopped"), Outcome::cancel("stopped")}) {
        const auto settlement = c.after(outcome, StopReason::timed_out);
        EXPECT_EQ(settlement.to, JobState::retryable);
        EXPECT_EQ(settlement.delay, 2min);
        EXPECT_TRUE(settlement.uses_attempt);
        EXPECT_EQ(settlement.error.value().kind, FailureKind::timeout);
        EXPECT_EQ(settlement.error.value().message, "ran longer than its timeout of 30s: stopped");
    }
    EXPECT_EQ(c.after(Outcome::snooze(1s), StopReason::timed_out).error.value().message,
              "ran longer than its timeout of 30s");
    c.lease.attempt = 3;
    EXPECT_EQ(c.after(Outcome::fail("x"), StopReason::timed_out).to, JobState::discarded);
}

TEST(Decide, AFailureAfterAnInterruptionGivesTheJobBack) {
    Case c;
    c.lease.attempt = 3;
    for (const auto& outcome : {Outcome::fail("stopped"), Outcome::retry_in(1h)}) {
        const auto settlement = c.after(outcome, StopReason::interrupted);
        EXPECT_EQ(settlement.to, JobState::available);
        EXPECT_FALSE(settlement.uses_attempt);
        EXPECT_TRUE(settlement.counts_interruption);
        EXPECT_FALSE(settlement.counts_crash);
        EXPECT_EQ(settlement.delay, 0s);
    }
}

TEST(Decide, TooManyInterruptionsDiscard) {
    Case c;
    c.lease.interruptions = 99;
    EXPECT_EQ(decide_interrupted(c.lease, c.site, c.options).to, JobState::available);
    c.lease.interruptions = 100;
    const auto settlement = decide_interrupted(c.lease, c.site, c.options);
    EXPECT_EQ(settlement.to, JobState::discarded);
    EXPECT_FALSE(settlement.uses_attempt);
    EXPECT_THAT(settlement.error.value().message, HasSubstr("given back 100 times"));
}

TEST(Decide, LongErrorsAreCutWithAMark) {
    Case c;
    c.options.error_message_bytes = 100;
    const auto error =
        c.after(Outcome::fail(std::string(1000, 'x') + '\xFF', "t\xFF")).error.value();
    EXPECT_LE(error.message.size(), 100U);
    EXPECT_THAT(error.message, HasSubstr("bytes cut"));
    EXPECT_TRUE(base::is_valid_utf8(error.type));
}

TEST(DecideRelease, GivesAJobBackUnharmed) {
    const auto settlement = decide_release(Case{}.lease);
    EXPECT_EQ(settlement.to, JobState::available);
    EXPECT_FALSE(settlement.uses_attempt);
    EXPECT_FALSE(settlement.counts_interruption);
    EXPECT_FALSE(settlement.counts_crash);
    EXPECT_FALSE(settlement.error);
}

TEST(DecideCrash, GivesBackUnharmedWhatNeverBegan) {
    for (const bool died : {true, false}) {
        const auto settlement = Case{}.after_loss(RunMark::claimed, died);
        EXPECT_EQ(settlement.to, JobState::available);
        EXPECT_FALSE(settlement.uses_attempt);
        EXPECT_FALSE(settlement.counts_crash);
        EXPECT_FALSE(settlement.error);
    }
}

TEST(DecideCrash, WaitsLongerAfterEachCrash) {
    Case c;
    c.options.crash_budget = 100;
    const Duration expected[] = {0s, 1s, 4s, 16s, 64s, 256s, 1024s, 1h, 1h};
    for (const auto delay : expected) {
        const auto settlement = c.after_loss(RunMark::started, true);
        EXPECT_EQ(settlement.to, JobState::retryable);
        EXPECT_EQ(settlement.delay, delay);
        EXPECT_TRUE(settlement.counts_crash);
        EXPECT_FALSE(settlement.uses_attempt);
        EXPECT_EQ(settlement.error.value().kind, FailureKind::crash);
        ++c.lease.crashes;
    }
    c.lease.crashes = 98;
    EXPECT_EQ(c.after_loss(RunMark::started, true).delay, 1h);
}

TEST(DecideCrash, TheLastOfTheBudgetDiscardsAndSaysSo) {
    Case c;
    c.lease.crashes = 1;
    EXPECT_EQ(c.after_loss(RunMark::started, true).to, JobState::retryable);
    c.lease.crashes = 2;
    const auto settlement = c.after_loss(RunMark::started, true);
    EXPECT_EQ(settlement.to, JobState::discarded);
    EXPECT_TRUE(settlement.counts_crash);
    EXPECT_EQ(settlement.error.value().message,
              "crash budget of 3 used up: worker web1:1:1 died while running it");
}

TEST(DecideCrash, ASilentWorkerThatMayHaveBegunCountsAsACrash) {
    const auto settlement = Case{}.after_loss(RunMark::unknown, false);
    EXPECT_TRUE(settlement.counts_crash);
    EXPECT_THAT(settlement.error.value().message, HasSubstr("was silent until its lease ran out"));
}

TEST(DecideCrash, WhatFinishedOrWentDownWithTheMachineIsNotBlamed) {
    Case c;
    c.lease.crashes = 2;
    for (const auto& settlement :
         {c.after_loss(RunMark::finished, true), c.after_loss(RunMark::finished, false),
          c.after_loss(RunMark::unknown, true)}) {
        EXPECT_EQ(settlement.to, JobState::available);
        EXPECT_FALSE(settlement.counts_crash);
        EXPECT_TRUE(settlement.counts_interruption);
        EXPECT_FALSE(settlement.uses_attempt);
        EXPECT_EQ(settlement.error.value().kind, FailureKind::crash);
    }
}

TEST(DecideExpired, DiscardsWithoutUsingAnAttemptAndSaysHowLate) {
    Case c;
    c.lease.expires_at = parse_timestamp("2026-01-31T08:00:00Z");
    c.site.now = *c.lease.expires_at + 64s;
    const auto settlement = decide_expired(c.lease, c.site, c.options);
    EXPECT_EQ(settlement.to, JobState::discarded);
    EXPECT_FALSE(settlement.uses_attempt);
    EXPECT_EQ(settlement.lease.lease_seq, 7U);
    ASSERT_TRUE(settlement.error);
    EXPECT_EQ(settlement.error->kind, FailureKind::error);
    EXPECT_EQ(settlement.error->type, "expired");
    EXPECT_EQ(settlement.error->message,
              "expired at 2026-01-31T08:00:00.000000Z, 1m4s before its turn came");
    EXPECT_EQ(settlement.error->worker, "web1:1:1");
    EXPECT_TRUE(is_expiry(settlement));
}

TEST(DecideExpired, TheMomentItselfIsTooLate) {
    Case c;
    EXPECT_FALSE(is_expired(c.lease, max_timestamp));
    c.lease.expires_at = Timestamp{10s};
    EXPECT_FALSE(is_expired(c.lease, Timestamp{10s} - 1us));
    EXPECT_TRUE(is_expired(c.lease, Timestamp{10s}));
}

TEST(DecideExpired, NoHandlerCanLookLikeIt) {
    Case c;
    EXPECT_FALSE(is_expiry(c.after(Outcome::discard("too late", "expired"))));
    EXPECT_FALSE(is_expiry(c.after(Outcome::done())));
}

/// Whatever happens: an allowed state, a delay only where one is waited for, and no discard in
/// silence.
RC_GTEST_PROP(Decide, AlwaysGivesASoundSettlement, ()) {
    Case c;
    c.lease.max_attempts = *rc::gen::inRange<std::uint32_t>(1, 5);
    c.lease.attempt = *rc::gen::inRange<std::uint32_t>(1, 6);
    c.lease.crashes = *rc::gen::inRange<std::uint32_t>(0, 4);
    c.lease.interruptions = *rc::gen::element(0U, 99U, 100U, 101U);
    const auto stop = static_cast<StopReason>(*rc::gen::inRange(0, 5));
    const auto outcome =
        *rc::gen::element(Outcome::done(), Outcome::done("[1"), Outcome::fail("x"),
                          Outcome::retry_in(-1s), Outcome::slow_down(-1s), Outcome::snooze(-1s),
                          Outcome::wait_signal("a", -1s), Outcome::discard("x"), Outcome::cancel());
    const auto mark = static_cast<RunMark>(*rc::gen::inRange(0, 4));
    const bool lost = *rc::gen::arbitrary<bool>();
    const auto settlement =
        lost ? c.after_loss(mark, *rc::gen::arbitrary<bool>()) : c.after(outcome, stop);

    RC_ASSERT(settlement.to != JobState::active);
    RC_ASSERT(settlement.to != JobState::pending);
    RC_ASSERT(settlement.delay >= 0s);
    const bool waits = settlement.to == JobState::scheduled || settlement.to == JobState::retryable;
    RC_ASSERT(waits || settlement.delay == 0s);
    if (settlement.to == JobState::discarded) RC_ASSERT(!settlement.error.value().message.empty());
    if (settlement.to == JobState::retryable) RC_ASSERT(settlement.error.has_value());
    if (settlement.counts_crash) RC_ASSERT(!settlement.uses_attempt);
}

}  // namespace
}  // namespace errand::core
