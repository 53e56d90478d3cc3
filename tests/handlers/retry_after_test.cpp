#include "handlers/retry_after.hpp"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

namespace errand::handlers {
namespace {

using namespace std::chrono_literals;

// Sun, 06 Nov 1994 08:49:37 GMT, the date of the HTTP specification
constexpr Timestamp spec_date{784'111'777s};

TEST(RetryAfter, ReadsSeconds) {
    EXPECT_EQ(parse_retry_after("0", spec_date), 0s);
    EXPECT_EQ(parse_retry_after("120", spec_date), 120s);
    EXPECT_EQ(parse_retry_after(" 7\t", spec_date), 7s);
}

TEST(RetryAfter, ReadsTheThreeFormsOfHttpDates) {
    const auto now = spec_date - 90s;
    EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now), 90s);
    EXPECT_EQ(parse_retry_after("Sunday, 06-Nov-94 08:49:37 GMT", now), 90s);
    EXPECT_EQ(parse_retry_after("Sun Nov  6 08:49:37 1994", now), 90s);
}

TEST(RetryAfter, AFarDateIsTheMost) {
    EXPECT_EQ(parse_retry_after("Sat, 01 Jan 9000 00:00:00 GMT", spec_date), max_retry_after);
}

TEST(RetryAfter, APastDateMeansNow) {
    EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", spec_date + 1s), 0s);
}

TEST(RetryAfter, IsCappedToADay) {
    EXPECT_EQ(parse_retry_after("86401", spec_date), 24h);
    EXPECT_EQ(parse_retry_after("99999999999999999999999999", spec_date), 24h);
    EXPECT_EQ(parse_retry_after("9223372036854775807", spec_date), 24h);
    EXPECT_EQ(parse_retry_after("Sun, 06 Nov 2094 08:49:37 GMT", spec_date), 24h);
}

TEST(RetryAfter, OtherTextsAskForNothing) {
    for (const auto* text : {"", " ", "-1", "+5", "1.5", "5s", "soon", "Sun", "Sunday",
                             "Wednesday, never", "0x10", "1 2"}) {
        EXPECT_EQ(parse_retry_after(text, spec_date), std::nullopt) << text;
    }
}

RC_GTEST_PROP(RetryAfter, AnswersLieWithinBounds, (const std::string& text)) {
    const auto wait = parse_retry_after(text, spec_date);
    if (wait) RC_ASSERT(*wait >= 0s && *wait <= max_retry_after);
}

}  // namespace
}  // namespace errand::handlers
