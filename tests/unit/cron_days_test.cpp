#include "core/cron/day_mask.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace errand::core {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Days = std::vector<unsigned>;

/// `day` and `weekday` of an expression, in a month "2026-02".
Days days(const std::string& day, const std::string& weekday, int year, unsigned month) {
    const auto fields = CronExpression::parse("0 0 " + day + " * " + weekday).fields();
    const auto mask = matching_days(fields, std::chrono::year{year} / std::chrono::month{month});
    Days found;
    for (unsigned n = 0; n < 32; ++n) {
        if ((mask >> n & 1) != 0) found.push_back(n);
    }
    return found;
}

// February 2026 begins on a Sunday and has 28 days; May 2026 begins on a Friday and has 31.

TEST(CronDays, AreAllForAStar) {
    EXPECT_EQ(days("*", "*", 2026, 2).size(), 28U);
    EXPECT_EQ(days("*", "*", 2024, 2).size(), 29U);
    EXPECT_EQ(days("?", "?", 2026, 5).size(), 31U);
}

TEST(CronDays, LeaveOutWhatTheMonthHasNot) {
    EXPECT_THAT(days("15,29-31", "*", 2026, 2), ElementsAre(15));
    EXPECT_THAT(days("31", "*", 2026, 4), IsEmpty());
}

TEST(CronDays, CountFromTheEnd) {
    EXPECT_THAT(days("L", "*", 2026, 2), ElementsAre(28));
    EXPECT_THAT(days("L", "*", 2024, 2), ElementsAre(29));
    EXPECT_THAT(days("L-3,L-27,L-28", "*", 2026, 2), ElementsAre(1, 25));
}

TEST(CronDays, AreNearestWeekdaysOfTheSameMonth) {
    EXPECT_THAT(days("1W", "*", 2026, 2), ElementsAre(2));    // Sunday: Monday after it
    EXPECT_THAT(days("7W", "*", 2026, 2), ElementsAre(6));    // Saturday: Friday before it
    EXPECT_THAT(days("15W", "*", 2026, 2), ElementsAre(16));  // Sunday: Monday after it
    EXPECT_THAT(days("16W", "*", 2026, 2), ElementsAre(16));  // Monday
    EXPECT_THAT(days("28W", "*", 2026, 2), ElementsAre(27));  // Saturday at the end
    EXPECT_THAT(days("31W", "*", 2026, 5), ElementsAre(29));  // Sunday at the end: Friday
    EXPECT_THAT(days("1W", "*", 2026, 8), ElementsAre(3));    // Saturday at the start: Monday
    EXPECT_THAT(days("30W", "*", 2026, 2), IsEmpty());
    EXPECT_THAT(days("LW", "*", 2026, 2), ElementsAre(27));
    EXPECT_THAT(days("LW", "*", 2026, 5), ElementsAre(29));
    EXPECT_THAT(days("LW", "*", 2026, 4), ElementsAre(30));
}

TEST(CronDays, FollowTheWeekday) {
    EXPECT_THAT(days("*", "0", 2026, 2), ElementsAre(1, 8, 15, 22));
    EXPECT_THAT(days("*", "FRI", 2026, 5), ElementsAre(1, 8, 15, 22, 29));
    EXPECT_THAT(days("*", "5L", 2026, 5), ElementsAre(29));
    EXPECT_THAT(days("*", "SATL", 2026, 2), ElementsAre(28));
    EXPECT_THAT(days("*", "SUN#1,SUN#4,SUN#5", 2026, 2), ElementsAre(1, 22));
    EXPECT_THAT(days("*", "5#5", 2026, 5), ElementsAre(29));
    EXPECT_THAT(days("*", "5#2", 2026, 5), ElementsAre(8));
}

TEST(CronDays, FitEitherWhenBothAreRestricted) {
    EXPECT_THAT(days("13", "FRI", 2026, 2), ElementsAre(6, 13, 20, 27));
    EXPECT_THAT(days("10", "FRI", 2026, 2), ElementsAre(6, 10, 13, 20, 27));
    EXPECT_THAT(days("L", "1#1", 2026, 2), ElementsAre(2, 28));
    EXPECT_EQ(days("1-31", "1", 2026, 5).size(), 31U);
}

TEST(CronDays, FitBothWhenOneBeginsWithAStar) {
    EXPECT_THAT(days("*/2", "MON", 2026, 2), ElementsAre(9, 23));
    EXPECT_THAT(days("1-7", "*/6", 2026, 5), ElementsAre(2, 3));
    EXPECT_THAT(days("1-7", "?", 2026, 5).size(), 7U);
}

}  // namespace
}  // namespace errand::core
