#include "core/rate.hpp"

#include <rapidcheck/gtest.h>

#include <algorithm>
#include <tuple>
#include <vector>

// What rates allow (invariant I11): the bound holds for every span of time, wherever it begins.

namespace errand {
namespace {

using namespace std::chrono_literals;
using core::cost_of;
using core::RateState;

constexpr Timestamp start{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};

Rate window(std::uint32_t amount, Duration per) {
    Rate rate;
    rate.amount = amount;
    rate.per = per;
    return rate;
}

Rate bucket(std::uint32_t amount, Duration per, std::uint32_t burst) {
    Rate rate = window(amount, per);
    rate.kind = Rate::Kind::bucket;
    rate.burst = burst;
    return rate;
}

Rate any_rate() {
    const auto amount = *rc::gen::inRange<std::uint32_t>(1, 20);
    const auto per = Duration{*rc::gen::element(1'000, 1'001, 333'333, 1'000'000, 60'000'000)};
    if (*rc::gen::arbitrary<bool>()) return window(amount, per);
    return bucket(amount, per, *rc::gen::inRange<std::uint32_t>(1, 20));
}

/// A step of the life of a rate: time passes, the clock may be put back, some want to begin.
struct Step {
    Duration passes{};
    Duration put_back{};
    std::uint32_t wanted = 0;
};

Step any_step(Duration per) {
    const auto most = per.count() / 4;
    const auto back = *rc::gen::weightedElement<int>({{20, 0}, {1, 1}, {1, 10}});
    return {Duration{*rc::gen::inRange<std::int64_t>(0, most)},
            back == 0 ? Duration{} : Duration{*rc::gen::inRange<std::int64_t>(0, back * 4 * most)},
            *rc::gen::inRange<std::uint32_t>(0, 8)};
}

/// The true times of all beginnings under `steps`; a clock put back is behind the true time.
std::vector<Timestamp> live(const Rate& rate, const std::vector<Step>& steps, RateState& state) {
    std::vector<Timestamp> begun;
    Timestamp now = start;
    Duration behind{};
    for (const Step& step : steps) {
        now += step.passes - step.put_back;
        behind += step.put_back;
        std::uint32_t count = 0;
        for (; count < step.wanted && state.available(rate, now) >= 1; ++count) {
            state.take(rate, now, 1);
            begun.push_back(now + behind);
        }
        if (count < step.wanted) state.take(rate, now, 0);
        state = RateState::parse(state.text());  // as stores keep it
    }
    return begun;
}

TEST(RateState, StartsAsIfNothingHadEverBegun) {
    EXPECT_EQ(RateState{}.available(window(5, 1s), start), 5U);
    EXPECT_EQ(RateState{}.available(bucket(5, 1s, 3), start), 3U);
}

TEST(RateState, AWindowGivesItsAmountBackAfterItsTime) {
    const Rate rate = window(3, 10s);
    RateState state;
    state.take(rate, start, 2);
    EXPECT_EQ(state.available(rate, start), 1U);
    EXPECT_EQ(state.available(rate, start + 10s - 1us), 1U);
    const auto opens = state.next(rate, start, 3);
    EXPECT_GE(opens, start + 10s);
    EXPECT_LE(opens, start + 10s + Duration{10s} / 32);
    EXPECT_EQ(state.available(rate, opens), 3U);
    EXPECT_EQ(state.available(rate, opens - 1us), 1U);
}

TEST(RateState, ABucketFlowsEvenly) {
    const Rate rate = bucket(4, 1s, 2);
    RateState state;
    state.take(rate, start, 2);
    EXPECT_EQ(state.available(rate, start), 0U);
    EXPECT_EQ(state.next(rate, start, 1), start + 250ms);
    EXPECT_EQ(state.available(rate, start + 250ms), 1U);
    EXPECT_EQ(state.available(rate, start + 500ms), 2U);
    EXPECT_EQ(state.available(rate, start + 1h), 2U) << "no more than the burst is kept";
}

TEST(RateState, NothingIsTakenThatIsHeavierThanTheRate) {
    EXPECT_EQ(cost_of(window(5, 1s), 1), 1U);
    EXPECT_EQ(cost_of(window(5, 1s), 1'000'000), 5U);
    EXPECT_EQ(cost_of(bucket(100, 1s, 3), 50), 3U);
}

TEST(RateState, AnotherRateStillCountsWhatWasTaken) {
    RateState state;
    state.take(window(5, 10s), start, 4);
    EXPECT_EQ(state.available(window(3, 10s), start), 0U);
    EXPECT_EQ(state.available(window(6, 10s), start), 2U);
}

TEST(RateState, AClockFarBackCountsWhatWasTakenAsTakenNow) {
    const Rate rate = window(2, 10s);
    RateState state;
    state.take(rate, start, 2);
    const Timestamp back = start - 24h;
    EXPECT_EQ(state.available(rate, back), 0U);
    state.take(rate, back, 0);  // refused, and noted
    EXPECT_EQ(state.available(rate, back + 9s), 0U);
    EXPECT_EQ(state.available(rate, back + 11s), 2U);
}

TEST(RateState, TextThatWasDamagedReadsAsEmpty) {
    RateState state;
    state.take(window(5, 10s), start, 4);
    const auto text = state.text();
    EXPECT_EQ(RateState::parse(text), state);
    for (const char* damaged : {"", "x", "1", "1 2 3", "1 2 3:", "1 2 3:4 3:1", "1 2 3:4 ",
                                "-1 2 3:4", "1 2 3:99999999999"}) {
        EXPECT_EQ(RateState::parse(damaged), RateState{}) << damaged;
    }
}

RC_GTEST_PROP(RateState, NoSpanHoldsMoreThanTheRateAllows, ()) {
    const Rate rate = any_rate();
    const auto count = *rc::gen::inRange(0, 120);
    std::vector<Step> steps;
    for (int i = 0; i < count; ++i)
        steps.push_back(any_step(rate.per));
    RateState state;
    const auto begun = live(rate, steps, state);
    const std::size_t most =
        rate.kind == Rate::Kind::window ? rate.amount : rate.amount + rate.burst;
    for (std::size_t i = most; i < begun.size(); ++i)
        RC_ASSERT(begun[i] - begun[i - most] >= rate.per);
}

RC_GTEST_PROP(RateState, WhatOpensAtATimeIsOpenThen, ()) {
    const Rate rate = any_rate();
    std::vector<Step> steps;
    for (int i = 0; i < 20; ++i) {
        steps.push_back(any_step(rate.per));
        steps.back().put_back = {};
    }
    RateState state;
    static_cast<void>(live(rate, steps, state));
    Timestamp now = start;
    for (const Step& step : steps)
        now += step.passes;
    const auto wanted = cost_of(rate, *rc::gen::inRange<std::uint32_t>(1, 30));
    const auto opens = state.next(rate, now, wanted);
    RC_ASSERT(opens > now);
    RC_ASSERT(state.available(rate, opens) >= wanted);
    if (rate.kind == Rate::Kind::window && opens > now + 1us) {
        RC_ASSERT(state.available(rate, opens - 1us) < wanted);
    }
}

RC_GTEST_PROP(RateState, NothingStaysClosedForLong, ()) {
    const Rate rate = any_rate();
    std::vector<Step> steps;
    for (int i = 0; i < 30; ++i)
        steps.push_back(any_step(rate.per));
    RateState state;
    static_cast<void>(live(rate, steps, state));
    Timestamp now = start;
    for (const Step& step : steps)
        now += step.passes - step.put_back;
    const auto all = cost_of(rate, 1'000'000);
    if (state.available(rate, now) < all) state.take(rate, now, 0);
    const auto flow =
        rate.kind == Rate::Kind::window ? rate.per : rate.per * rate.burst / rate.amount;
    // A clock that went back by less than a span may count it twice.
    RC_ASSERT(state.next(rate, now, all) <=
              now + 2 * std::max(flow, rate.per) + rate.per / 8 + 1ms);
}

}  // namespace
}  // namespace errand
