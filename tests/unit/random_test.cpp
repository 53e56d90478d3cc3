#include "base/random.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <future>
#include <set>

namespace errand::base {
namespace {

TEST(SystemRandom, UnitLiesBetweenZeroAndOne) {
    double sum = 0;
    for (int i = 0; i < 10'000; ++i) {
        const double value = system_random().unit();
        ASSERT_GE(value, 0.0);
        ASSERT_LT(value, 1.0);
        sum += value;
    }
    EXPECT_NEAR(sum / 10'000, 0.5, 0.03);  // ten standard deviations
}

TEST(SystemRandom, GivesEachThreadNumbersOfItsOwn) {
    auto draw = [] {
        return std::async(std::launch::async, [] { return system_random().bits(); });
    };
    std::set<std::uint64_t> seen;
    for (int i = 0; i < 8; ++i)
        seen.insert(draw().get());
    EXPECT_EQ(seen.size(), 8U);
}

TEST(SystemRandom, DoesNotRepeatItselfInAForkedChild) {
    (void)system_random().bits();  // so that the child inherits a seeded thread
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const auto child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        const auto bits = system_random().bits();
        _exit(write(ends[1], &bits, sizeof bits) == sizeof bits ? 0 : 1);
    }
    std::uint64_t of_child = 0;
    ASSERT_EQ(read(ends[0], &of_child, sizeof of_child), static_cast<ssize_t>(sizeof of_child));
    EXPECT_NE(of_child, system_random().bits());
    int status = -1;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
    close(ends[0]);
    close(ends[1]);
}

}  // namespace
}  // namespace errand::base
