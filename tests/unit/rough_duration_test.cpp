#include "core/rough_duration.hpp"

#include <gtest/gtest.h>

namespace errand::core {
namespace {

using namespace std::chrono_literals;

TEST(RoughDuration, KeepsTheTwoLargestUnits) {
    EXPECT_EQ(rough_duration(2h + 59min + 59s + 999ms), "2h59m");
    EXPECT_EQ(rough_duration(3h + 5s), "3h");
    EXPECT_EQ(rough_duration(64s + 1us), "1m4s");
    EXPECT_EQ(rough_duration(std::chrono::days{400} + 1h + 1s), "400d1h");
}

TEST(RoughDuration, ShowsSecondsAndLessAsOneUnit) {
    EXPECT_EQ(rough_duration(3'412ms), "3s");
    EXPECT_EQ(rough_duration(850ms + 7us), "850ms");
    EXPECT_EQ(rough_duration(7us), "7us");
    EXPECT_EQ(rough_duration(0us), "0s");
    EXPECT_EQ(rough_duration(-5s), "0s");
}

}  // namespace
}  // namespace errand::core
