#include "core/slow_down.hpp"

#include <gtest/gtest.h>

#include <errand/limits.hpp>

// A rest that somebody asked for.

namespace errand::core {
namespace {

using namespace std::chrono_literals;

constexpr Timestamp start{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};

TEST(SlowDown, LastsAsLongAsWasAskedFor) {
    SlowDown rest;
    EXPECT_FALSE(rest.until(start));
    rest.ask(start, 30s);
    EXPECT_EQ(rest.until(start), start + 30s);
    EXPECT_EQ(rest.until(start + 30s - 1us), start + 30s);
    EXPECT_FALSE(rest.until(start + 30s));
}

TEST(SlowDown, IsNeverShortened) {
    SlowDown rest;
    rest.ask(start, 1h);
    rest.ask(start + 1min, 10s);
    EXPECT_EQ(rest.until(start + 1min), start + 1h);
    rest.ask(start + 1min, 2h);
    EXPECT_EQ(rest.until(start + 1min), start + 2h + 1min);
    rest.ask(start + 2min, 0s);
    EXPECT_EQ(rest.until(start + 2min), start + 2h + 1min);
}

TEST(SlowDown, AClockThatWentBackDoesNotMakeItLonger) {
    SlowDown rest;
    rest.ask(start, 30s);
    const auto now = start - 24h;
    EXPECT_EQ(rest.until(now), now + 30s);
    rest.note(now);
    EXPECT_FALSE(rest.until(now + 30s));
    rest.note(now + 10s);  // no step back: nothing to note
    EXPECT_EQ(rest.until(now + 10s), now + 30s);
}

TEST(SlowDown, IsReadBackFromItsText) {
    SlowDown rest;
    EXPECT_EQ(rest.text(), "");
    rest.ask(start, 30s);
    EXPECT_EQ(SlowDown::parse(rest.text()), rest);
    rest.ask(start, max_duration * 100);
    EXPECT_EQ(rest.until(start), max_timestamp);
    EXPECT_EQ(SlowDown::parse(rest.text()), rest);
    for (const char* text : {"", " ", "1", "1 ", "x 1", "1 x", "-1 1", "1 99999999999999999999"})
        EXPECT_EQ(SlowDown::parse(text), SlowDown{}) << text;
}

}  // namespace
}  // namespace errand::core
