#include "core/breaker.hpp"

#include "unit/expect_error.hpp"

#include <rapidcheck/gtest.h>

#include <algorithm>
#include <vector>

// Breakers as text, and what they learn from attempts (invariant: nothing begins while it is open).

namespace errand::core {
namespace {

using namespace std::chrono_literals;
using test::message_of_refusal;
using ::testing::HasSubstr;
using Standing = BreakerState::Standing;

constexpr Timestamp start{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};

TEST(Breaker, IsReadBackFromItsText) {
    for (const char* text :
         {"5 failures, open 30s", "1 failure, open 1s", "1000 failures, open 31d"}) {
        EXPECT_EQ(to_string(Breaker::parse(text)), text);
    }
    const auto breaker = Breaker::parse("  3  failures ,  open  90s ");
    EXPECT_EQ(breaker.failures, 3U);
    EXPECT_EQ(breaker.open_for, 90s);
    EXPECT_EQ(to_string(Breaker{}), "5 failures, open 30s");
}

TEST(Breaker, WrongTextIsRefusedWithARightForm) {
    for (const char* text :
         {"", "5", "5 failures", "failures, open 1m", "5 failures, open", "-1 failures, open 1m",
          "5 failures, open soon", "5 failures open 30s", "5 failures, open 30s x"}) {
        EXPECT_THAT(message_of_refusal([&] { (void)Breaker::parse(text); }),
                    HasSubstr("5 failures, open 30s"))
            << text;
    }
    for (const char* text :
         {"0 failures, open 1m", "1001 failures, open 1m", "99999999999 failures, open 1m",
          "5 failures, open 999ms", "5 failures, open 32d"}) {
        EXPECT_THAT(message_of_refusal([&] { (void)Breaker::parse(text); }),
                    HasSubstr("out of range"))
            << text;
    }
}

/// A breaker with what it has learned; attempts end as they begin.
struct Life {
    Breaker breaker{.failures = 3, .open_for = 30s};
    BreakerState state{};
    Timestamp now = start;

    bool ends(TargetHealth health) { return state.learn(breaker, health, now, now); }
    bool ends(TargetHealth health, Timestamp began) {
        return state.learn(breaker, health, began, now);
    }
    void open() {
        for (std::uint32_t i = 0; i < breaker.failures; ++i)
            ends(TargetHealth::bad);
    }
    [[nodiscard]] Standing standing() const { return state.standing(breaker, now); }
};

TEST(BreakerState, OpensAfterSoManyFailuresInARow) {
    Life life;
    life.ends(TargetHealth::bad);
    life.ends(TargetHealth::bad);
    EXPECT_EQ(life.standing(), Standing::closed);
    EXPECT_EQ(life.state.failures(), 2U);
    life.ends(TargetHealth::good);
    EXPECT_TRUE(life.state.is_at_rest());
    life.ends(TargetHealth::bad);
    life.ends(TargetHealth::unknown);  // says nothing
    life.ends(TargetHealth::bad);
    EXPECT_EQ(life.standing(), Standing::closed);
    life.ends(TargetHealth::bad);
    EXPECT_EQ(life.standing(), Standing::open);
    EXPECT_EQ(life.state.open_until(life.breaker, life.now), start + 30s);
    life.now += 30s - 1us;
    EXPECT_EQ(life.standing(), Standing::open);
    life.now += 1us;
    EXPECT_EQ(life.standing(), Standing::half_open);
}

TEST(BreakerState, WhatBeganBeforeItOpenedSaysNothing) {
    Life life;
    life.open();
    const auto opened = life.state;
    life.now += 10s;
    EXPECT_FALSE(life.ends(TargetHealth::bad, start - 1min));
    EXPECT_FALSE(life.ends(TargetHealth::good, start));
    EXPECT_EQ(life.state, opened);
    life.now += 1h;  // half-open by now
    EXPECT_FALSE(life.ends(TargetHealth::good, start));
    EXPECT_FALSE(life.ends(TargetHealth::bad, start));
    EXPECT_EQ(life.state, opened);
}

TEST(BreakerState, OneThatTriesClosesItOrOpensItAgain) {
    Life life;
    life.open();
    life.now += 30s;
    EXPECT_FALSE(life.ends(TargetHealth::unknown));
    EXPECT_EQ(life.standing(), Standing::half_open);
    EXPECT_TRUE(life.ends(TargetHealth::bad));
    EXPECT_EQ(life.state.failures(), 4U);
    EXPECT_EQ(life.state.open_until(life.breaker, life.now), life.now + 30s);
    life.now += 30s;
    EXPECT_TRUE(life.ends(TargetHealth::good));
    EXPECT_TRUE(life.state.is_at_rest());
}

TEST(BreakerState, AClockThatWentBackDoesNotKeepItOpenForLonger) {
    Life life;
    life.open();
    life.now -= 24h;
    EXPECT_EQ(life.state.open_until(life.breaker, life.now), life.now + 30s);
    life.state.note(life.breaker, life.now);
    life.now += 30s;
    EXPECT_EQ(life.standing(), Standing::half_open);
}

TEST(BreakerState, AShorterBreakerOpensSooner) {
    Life life;
    life.open();
    life.breaker.open_for = 5s;
    EXPECT_EQ(life.state.open_until(life.breaker, life.now), life.now + 5s);
}

TEST(BreakerState, OtherTextsReadAsClosed) {
    for (const char* text : {"", " ", "x", "1001", "3x", "3 ", "3 x", "3 -1",
                             "3 99999999999999999999", "-1", "3 999999999999999999", "3 1 1"}) {
        EXPECT_TRUE(BreakerState::parse(text).is_at_rest()) << text;
    }
    EXPECT_EQ(BreakerState{}.text(), "");
}

TargetHealth any_health() {
    return *rc::gen::element(TargetHealth::bad, TargetHealth::bad, TargetHealth::good,
                             TargetHealth::unknown);
}

/// Closed, it opens with the first run of so many failures, whatever lies between them that says
/// nothing.
RC_GTEST_PROP(BreakerState, OpensWithTheFirstRunOfFailures, ()) {
    Life life;
    life.breaker.failures = *rc::gen::inRange<std::uint32_t>(1, 5);
    std::vector<bool> results;
    const auto is_run = [&](std::uint32_t length) {
        return results.size() >= length &&
               std::all_of(results.end() - length, results.end(), [](bool good) { return !good; });
    };
    const auto steps = *rc::gen::inRange(0, 30);
    for (int i = 0; i < steps; ++i) {
        const auto health = any_health();
        life.ends(health);
        if (health != TargetHealth::unknown) results.push_back(health == TargetHealth::good);
        if (is_run(life.breaker.failures)) {
            RC_ASSERT(life.standing() == Standing::open);
            return;
        }
        RC_ASSERT(life.standing() == Standing::closed);
    }
}

/// In any life: the text keeps all, and while it is open nothing moves it.
RC_GTEST_PROP(BreakerState, IsKeptByItsTextAndUnmovedWhileItIsOpen, ()) {
    Life life;
    life.breaker.failures = *rc::gen::inRange<std::uint32_t>(1, 4);
    const auto steps = *rc::gen::inRange(0, 40);
    for (int i = 0; i < steps; ++i) {
        life.now += std::chrono::seconds{*rc::gen::inRange(0, 20)};
        const auto before = life.state;
        const bool was_open = life.standing() == Standing::open;
        const auto age = std::chrono::seconds{*rc::gen::inRange(0, 60)};
        // What is told of began when something could begin, so not while it was open.
        const auto began =
            was_open ? std::min(life.now - age, *before.open_until(life.breaker, life.now) - 30s)
                     : life.now - age;
        const bool told = life.ends(any_health(), began);
        RC_ASSERT(told == (before != life.state));
        if (was_open) RC_ASSERT(!told);
        RC_ASSERT(BreakerState::parse(life.state.text()) == life.state);
    }
}

}  // namespace
}  // namespace errand::core
