#include "core/time_window.hpp"

#include "support/zones.hpp"
#include "unit/expect_error.hpp"

#include <rapidcheck/gtest.h>

#include <errand/limits.hpp>

#include <algorithm>

// Time windows as text, and when they open.

namespace errand::core {
namespace {

using namespace std::chrono_literals;
using test::berlin;
using test::message_of_refusal;
using ::testing::HasSubstr;

TEST(TimeWindow, IsReadBackFromItsText) {
    for (const char* text :
         {"mon-fri 08:00-18:00 Europe/Berlin", "00:00-24:00", "22:00-06:00", "sat,sun 10:30-10:30",
          "mon,wed-fri,sun 00:00-00:01 America/Argentina/Buenos_Aires",
          "tue 23:59-00:00 Etc/GMT+5"}) {
        EXPECT_EQ(to_string(TimeWindow::parse(text)), text);
    }
    const auto window = TimeWindow::parse("  fri-mon   22:00-06:30   Europe/Berlin ");
    EXPECT_EQ(window.days, 0b1110001);
    EXPECT_EQ(window.begin, 22h);
    EXPECT_EQ(window.end, 6h + 30min);
    EXPECT_EQ(window.timezone, "Europe/Berlin");
    EXPECT_EQ(to_string(window), "mon,fri-sun 22:00-06:30 Europe/Berlin");
    EXPECT_EQ(TimeWindow::parse("00:00-24:00"), TimeWindow{});
    EXPECT_EQ(TimeWindow::parse("08:00-18:00 UTC"), TimeWindow::parse("mon-sun 08:00-18:00"));
}

TEST(TimeWindow, WrongTextIsRefusedWithARightForm) {
    for (const char* text : {"", "mon-fri", "8-18", "8:00-18:00", "08:00", "08:00-1800",
                             "mo 08:00-18:00", "mon- 08:00-18:00", "mon, 08:00-18:00",
                             "Mon 08:00-18:00", "ab:cd-18:00", "mon fri 08:00-18:00"}) {
        EXPECT_THAT(message_of_refusal([&] { (void)TimeWindow::parse(text); }),
                    HasSubstr("mon-fri 08:00-18:00 Europe/Berlin"))
            << text;
    }
    for (const char* text : {"25:00-18:00", "08:00-24:01", "08:60-18:00", "24:00-08:00"}) {
        EXPECT_THAT(message_of_refusal([&] { (void)TimeWindow::parse(text); }),
                    HasSubstr("out of range"))
            << text;
    }
    EXPECT_THAT(message_of_refusal([] { (void)TimeWindow::parse("08:00-18:00 ../etc"); }),
                HasSubstr("time zone"));
    EXPECT_THAT(message_of_refusal([] { (void)TimeWindow::parse("08:00-18:00 UTC later"); }),
                HasSubstr("time zone"));
    TimeWindow window;
    window.days = 0;
    EXPECT_THAT(message_of_refusal([&] { validate(window); }), HasSubstr("no days"));
    window.days = 0x80;
    EXPECT_THAT(message_of_refusal([&] { validate(window); }), HasSubstr("no days"));
}

/// What next_opening() says of a moment given as text; empty: inside.
std::string opening(const char* window, const test::ZonePointer& zone, const char* now) {
    const auto next = next_opening(TimeWindow::parse(window), *zone, parse_timestamp(now));
    return next ? format_timestamp(*next).substr(0, 19) : "";
}

TEST(TimeWindow, IsOpenFromItsBeginToItsEnd) {
    const auto zone = berlin();  // UTC+1 in January; the 9th is a Friday
    const auto* week = "mon-fri 08:00-18:00 Europe/Berlin";
    EXPECT_EQ(opening(week, zone, "2026-01-09T06:59:59.999999Z"), "2026-01-09T07:00:00");
    EXPECT_EQ(opening(week, zone, "2026-01-09T07:00:00Z"), "");
    EXPECT_EQ(opening(week, zone, "2026-01-09T16:59:59.999999Z"), "");
    EXPECT_EQ(opening(week, zone, "2026-01-09T17:00:00Z"), "2026-01-12T07:00:00");
    EXPECT_EQ(opening(week, zone, "2026-01-11T12:00:00Z"), "2026-01-12T07:00:00");
}

TEST(TimeWindow, AnEndThatIsNotLaterIsOnTheNextDay) {
    const auto zone = test::utc();
    EXPECT_EQ(opening("fri 22:00-06:00", zone, "2026-01-09T21:59:59Z"), "2026-01-09T22:00:00");
    EXPECT_EQ(opening("fri 22:00-06:00", zone, "2026-01-10T05:59:59Z"), "");
    EXPECT_EQ(opening("fri 22:00-06:00", zone, "2026-01-10T06:00:00Z"), "2026-01-16T22:00:00");
    EXPECT_EQ(opening("fri 08:00-08:00", zone, "2026-01-10T07:59:59Z"), "");
    EXPECT_EQ(opening("fri 08:00-08:00", zone, "2026-01-10T08:00:00Z"), "2026-01-16T08:00:00");
    EXPECT_EQ(opening("fri,sat 00:00-24:00", zone, "2026-01-10T00:00:00Z"), "");
    EXPECT_EQ(opening("00:00-24:00", zone, "2026-01-10T23:59:59.999999Z"), "");
}

// Berlin 2026: on March 29 there is no hour from 02:00, on October 25 it comes twice, as UTC 00:00
// and 01:00.
TEST(TimeWindow, AMissingHourBeginsAndEndsRightAfterTheGap) {
    EXPECT_EQ(opening("02:30-05:00", berlin(), "2026-03-29T00:59:59Z"), "2026-03-29T01:00:00");
    EXPECT_EQ(opening("02:30-05:00", berlin(), "2026-03-29T01:00:00Z"), "");
    EXPECT_EQ(opening("00:00-02:30", berlin(), "2026-03-29T00:59:59Z"), "");
    EXPECT_EQ(opening("00:00-02:30", berlin(), "2026-03-29T01:00:00Z"), "2026-03-29T22:00:00");
    // Nothing is left of it.
    EXPECT_EQ(opening("sun 02:00-03:00", berlin(), "2026-03-29T00:30:00Z"), "2026-04-05T00:00:00");
}

TEST(TimeWindow, AnHourThatComesTwiceBeginsFirstAndEndsLast) {
    EXPECT_EQ(opening("02:30-05:00", berlin(), "2026-10-25T00:29:59Z"), "2026-10-25T00:30:00");
    EXPECT_EQ(opening("02:30-05:00", berlin(), "2026-10-25T01:15:00Z"), "");
    EXPECT_EQ(opening("00:00-02:30", berlin(), "2026-10-25T00:45:00Z"), "");
    EXPECT_EQ(opening("00:00-02:30", berlin(), "2026-10-25T01:29:59Z"), "");
    EXPECT_EQ(opening("00:00-02:30", berlin(), "2026-10-25T01:30:00Z"), "2026-10-25T23:00:00");
    EXPECT_EQ(opening("00:00-03:00", berlin(), "2026-10-25T01:59:59Z"), "");
    EXPECT_EQ(opening("00:00-03:00", berlin(), "2026-10-25T02:00:00Z"), "2026-10-25T23:00:00");
}

TEST(TimeWindow, TimesEndWhereErrandsDo) {
    const auto window = TimeWindow::parse("mon 08:00-09:00");
    EXPECT_EQ(next_opening(window, *test::utc(), max_timestamp), max_timestamp);
    EXPECT_EQ(next_opening(window, *test::utc(), min_timestamp),
              parse_timestamp("1970-01-05T08:00:00Z"));
}

TimeWindow any_window() {
    TimeWindow window;
    window.days = static_cast<std::uint8_t>(*rc::gen::inRange(1, 0x80));
    window.begin = std::chrono::minutes{15 * *rc::gen::inRange(0, 4 * 24)};
    window.end = std::chrono::minutes{15 * *rc::gen::inRange(0, 4 * 24 + 1)};
    return window;
}

test::ZonePointer any_zone() {
    return *rc::gen::element(test::utc(), berlin(), test::new_york(), test::lord_howe());
}

Timestamp any_time() {
    return Timestamp{std::chrono::sys_days{std::chrono::year{2025} / 1 / 1}} +
           std::chrono::minutes{*rc::gen::inRange(0, 2 * 366 * 24 * 60)} +
           Duration{*rc::gen::element(0, 0, 1, 59'999'999)};
}

RC_GTEST_PROP(TimeWindow, AnyTextIsReadBack, ()) {
    const auto window = any_window();
    RC_ASSERT(TimeWindow::parse(to_string(window)) == window);
}

/// Whether a clock that is never moved shows an hour of the window.
bool shows(const TimeWindow& window, std::chrono::local_time<Duration> local) {
    const auto begins_on = [&](std::chrono::local_days day) {
        return (window.days >> (std::chrono::weekday{day}.iso_encoding() - 1) & 1) != 0;
    };
    const auto today = std::chrono::floor<std::chrono::days>(local);
    const auto time = local - today;
    if (window.begin < window.end) {
        return begins_on(today) && time >= window.begin && time < window.end;
    }
    return (begins_on(today) && time >= window.begin) ||
           (begins_on(today - std::chrono::days{1}) && time < window.end);
}

RC_GTEST_PROP(TimeWindow, IsOpenWhileTheClockShowsItsHours, ()) {
    const auto window = any_window();
    const auto zone = any_zone();
    const auto now = any_time();
    const auto second = std::chrono::floor<std::chrono::seconds>(now);
    const auto period = zone->period_at(second);
    RC_PRE(period.begin + 48h < second && second + 48h < period.end);
    const auto local = std::chrono::local_time<Duration>{now.time_since_epoch() + period.offset};
    RC_ASSERT(next_opening(window, *zone, now).has_value() != shows(window, local));
}

/// On all days: it opens at the moment that is named, and is closed until then.
RC_GTEST_PROP(TimeWindow, OpensWhenItSaysAndNotBefore, ()) {
    const auto window = any_window();
    const auto zone = any_zone();
    const auto now = any_time();
    const auto opens = next_opening(window, *zone, now);
    RC_PRE(opens.has_value());
    RC_ASSERT(*opens > now);
    RC_ASSERT(!next_opening(window, *zone, *opens));
    const auto between = [&](Duration away) {
        return next_opening(window, *zone, std::max(now, *opens - away)) == opens;
    };
    RC_ASSERT(between(1us));
    RC_ASSERT(between(*rc::gen::element<Duration>(15min, 3h, 25h, 100h)));
}

}  // namespace
}  // namespace errand::core
