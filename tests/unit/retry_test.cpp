#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>
#include <errand/retry.hpp>

#include "unit/expect_error.hpp"

#include <limits>
#include <vector>

namespace errand {
namespace {

using namespace std::chrono_literals;
using test::message_of_refusal;
using ::testing::HasSubstr;

std::vector<Duration> first_delays(const RetryPolicy& policy, std::uint32_t count) {
    std::vector<Duration> delays;
    for (std::uint32_t n = 1; n <= count; ++n)
        delays.push_back(policy.delay(n));
    return delays;
}

TEST(RetryDelay, OfOneMinuteTimesTwoIsExact) {
    EXPECT_EQ(first_delays(RetryPolicy::parse("exponential(1m, x2)"), 4),
              (std::vector<Duration>{1min, 2min, 4min, 8min}));
}

TEST(RetryDelay, FollowsEachKindOfPolicy) {
    EXPECT_EQ(first_delays(RetryPolicy::fixed(30s), 3), (std::vector<Duration>{30s, 30s, 30s}));
    EXPECT_EQ(first_delays(RetryPolicy::linear(10s), 3), (std::vector<Duration>{10s, 20s, 30s}));
    EXPECT_EQ(first_delays(RetryPolicy::list(1s, 5s, 1min), 5),
              (std::vector<Duration>{1s, 5s, 1min, 1min, 1min}));
    EXPECT_EQ(first_delays(RetryPolicy::exponential(10s, 1.5), 3),
              (std::vector<Duration>{10s, 15s, 22'500ms}));
    EXPECT_EQ(first_delays(RetryPolicy::exponential(1min).max(3min), 4),
              (std::vector<Duration>{1min, 2min, 3min, 3min}));
}

TEST(RetryDelay, CountsAttemptZeroAsTheFirst) {
    EXPECT_EQ(RetryPolicy::linear(10s).delay(0), 10s);
    EXPECT_EQ(RetryPolicy::list(1s, 2s).delay(0), 1s);
}

TEST(RetryDelay, IsSpreadByItsJitter) {
    const auto policy = RetryPolicy::fixed(100s).jitter(0.1);
    EXPECT_EQ(policy.delay(1, 0.0), 90s);
    EXPECT_EQ(policy.delay(1, 0.5), 100s);
    EXPECT_EQ(policy.delay(1, 0.75), 105s);
    EXPECT_LE(policy.delay(1, 0.999999), 110s);
    EXPECT_EQ(policy.delay(1, std::numeric_limits<double>::quiet_NaN()), 100s);
    EXPECT_EQ(RetryPolicy::fixed(100s).jitter(1.0).delay(1, 0.0), 1us);
    EXPECT_EQ(RetryPolicy::fixed(RetryPolicy::max_delay).jitter(1.0).delay(1, 0.99),
              RetryPolicy::max_delay);
}

TEST(RetryDelay, OfTheDefaultPolicyStartsAtFiveSecondsAndEndsAtSixHours) {
    EXPECT_EQ(RetryPolicy{}.delay(1), 5s);
    EXPECT_EQ(RetryPolicy{}.delay(2), 10s);
    EXPECT_EQ(RetryPolicy{}.delay(20), 6h);
}

// Hazard K1: back-off that overflows to zero makes a hot loop of failures.
TEST(RetryDelay, StaysAtTheLimitForTheLargestAttempts) {
    const auto most = std::numeric_limits<std::uint32_t>::max();
    for (const double factor : {1.0000001, 1.5, 2.0, 10.0, 1000.0}) {
        for (const std::uint32_t n : {35U, 64U, 310U, 1024U, 1U << 31, most}) {
            const auto policy = RetryPolicy::exponential(365 * 24h, factor);
            EXPECT_EQ(policy.delay(n), RetryPolicy::max_delay) << factor << " " << n;
        }
    }
    EXPECT_EQ(RetryPolicy::linear(365 * 24h).delay(most), RetryPolicy::max_delay);
    EXPECT_EQ(RetryPolicy::linear(1us).delay(most), Duration{most});
    EXPECT_EQ(RetryPolicy::exponential(1us, 1000.0).max(6h).delay(most), 6h);
}

/// Any policy, small and large delays alike.
rc::Gen<RetryPolicy> any_policy() {
    return rc::gen::exec([] {
        const auto any_delay = [] {
            const auto magnitude = *rc::gen::inRange<Duration::rep>(
                2, *rc::gen::element<Duration::rep>(10, 1'000'000, RetryPolicy::max_delay.count()));
            return Duration{*rc::gen::inRange<Duration::rep>(1, magnitude)};
        };
        const auto factor = *rc::gen::oneOf(
            rc::gen::map(rc::gen::inRange(0, 1'000'000), [](int n) { return 1 + n * 0.000999; }),
            rc::gen::element(1.0, 1.0000001, 2.0, 1000.0));
        auto policy =
            *rc::gen::element(RetryPolicy::fixed(any_delay()), RetryPolicy::linear(any_delay()),
                              RetryPolicy::exponential(any_delay(), factor),
                              RetryPolicy::list(any_delay(), any_delay(), any_delay()));
        if (*rc::gen::arbitrary<bool>()) policy = policy.max(any_delay());
        if (*rc::gen::arbitrary<bool>())
            policy = policy.jitter(*rc::gen::inRange(0, 1001) / 1000.0);
        return policy;
    });
}

rc::Gen<std::uint32_t> any_attempt() {
    return rc::gen::oneOf(rc::gen::inRange<std::uint32_t>(0, 100),
                          rc::gen::arbitrary<std::uint32_t>());
}

RC_GTEST_PROP(RetryDelay, LiesWithinBoundsForEveryAttempt, ()) {
    const auto policy = *any_policy();
    const auto random = *rc::gen::inRange(0, 1000) / 1000.0;
    const auto delay = policy.delay(*any_attempt(), random);
    RC_ASSERT(delay >= 1us);
    RC_ASSERT(delay <= RetryPolicy::max_delay);
}

RC_GTEST_PROP(RetryDelay, NeverShrinksFromOneAttemptToALaterOne, ()) {
    const auto first =
        Duration{*rc::gen::inRange<Duration::rep>(1, RetryPolicy::max_delay.count())};
    const auto factor = 1 + *rc::gen::inRange(0, 1'000'000) * 0.000999;
    const auto policy = *rc::gen::element(RetryPolicy::exponential(first, factor),
                                          RetryPolicy::linear(first), RetryPolicy::fixed(first));
    const auto earlier = *any_attempt();
    const auto later = *any_attempt();
    RC_PRE(earlier <= later);
    RC_ASSERT(policy.delay(earlier) <= policy.delay(later));
}

TEST(RetryText, IsTheShortestOne) {
    EXPECT_EQ(to_string(RetryPolicy::exponential(1min)), "exponential(1m, x2)");
    EXPECT_EQ(to_string(RetryPolicy{}), "exponential(5s, x2, max 6h, jitter 10%)");
    EXPECT_EQ(to_string(RetryPolicy::fixed(30s)), "fixed(30s)");
    EXPECT_EQ(to_string(RetryPolicy::linear(10s).max(1min)), "linear(10s, max 1m)");
    EXPECT_EQ(to_string(RetryPolicy::list(1s, 5s, 1min)), "list(1s, 5s, 1m)");
    EXPECT_EQ(to_string(RetryPolicy::exponential(90s, 1.25).jitter(0.07)),
              "exponential(1m30s, x1.25, jitter 7%)");
    EXPECT_EQ(to_string(RetryPolicy::fixed(1s).jitter(1.0)), "fixed(1s, jitter 100%)");
    EXPECT_EQ(to_string(RetryPolicy::fixed(1s).jitter(0.125)), "fixed(1s, jitter 12.5%)");
    EXPECT_EQ(to_string(RetryPolicy::fixed(1s).jitter(0.005)), "fixed(1s, jitter 0.5%)");
}

RC_GTEST_PROP(RetryText, IsReadBackToTheSamePolicy, ()) {
    const auto policy = *any_policy();
    RC_ASSERT(RetryPolicy::parse(to_string(policy)) == policy);
}

RC_GTEST_PROP(RetryText, KeepsEveryBitOfFactorAndJitter, ()) {
    const auto fraction = *rc::gen::arbitrary<std::uint32_t>() / 4294967296.0 / 3.0;
    const auto policy = RetryPolicy::exponential(1s, 1.0 + fraction).jitter(fraction);
    RC_ASSERT(RetryPolicy::parse(to_string(policy)) == policy);
}

TEST(RetryText, MayHoldSpacesAndLeaveTheFactorOut) {
    EXPECT_EQ(RetryPolicy::parse("  exponential ( 1m ,x2,  jitter 10 % , max   1h ) "),
              RetryPolicy::exponential(1min).max(1h).jitter(0.1));
    EXPECT_EQ(RetryPolicy::parse("exponential(1m)"), RetryPolicy::exponential(1min));
    EXPECT_EQ(RetryPolicy::parse("list(1s)"), RetryPolicy::list(1s));
    EXPECT_EQ(RetryPolicy::parse("fixed(30s,max 10s)"), RetryPolicy::fixed(30s).max(10s));
}

TEST(RetryText, IsRefusedWithTheNameOfTheWrongPart) {
    const auto refusal = [](std::string_view text) {
        return message_of_refusal([&] { (void)RetryPolicy::parse(text); });
    };
    EXPECT_THAT(refusal("exponential(1m, y2)"),
                HasSubstr(R"-(retry policy "exponential(1m, y2)": "y2" is no factor such as x2)-"));
    EXPECT_THAT(refusal("exponentail(1m)"), HasSubstr("did you mean exponential?"));
    EXPECT_THAT(refusal("random(1m)"), HasSubstr("\"random\" is none of exponential, fixed"));
    EXPECT_THAT(refusal(""), HasSubstr("must look like"));
    EXPECT_THAT(refusal("fixed"), HasSubstr("must look like"));
    EXPECT_THAT(refusal("fixed(1s"), HasSubstr("must look like"));
    EXPECT_THAT(refusal("fixed()"), HasSubstr("duration \"\": is empty"));
    EXPECT_THAT(refusal("fixed(max 1s)"), HasSubstr("fixed needs a delay"));
    EXPECT_THAT(refusal("fixed(5)"), HasSubstr("duration \"5\": a unit is missing"));
    EXPECT_THAT(refusal("fixed(0s)"), HasSubstr("a delay must lie between 1us and 365d"));
    EXPECT_THAT(refusal("fixed(366d)"), HasSubstr("a delay must lie between 1us and 365d"));
    EXPECT_THAT(refusal("fixed(1s, 2s)"),
                HasSubstr("\"2s\" is one too many, fixed takes at most 1"));
    EXPECT_THAT(refusal("list(1s,2s,3s,4s,5s,6s,7s,8s,9s,10s,11s,12s,13s,14s,15s,16s,17s)"),
                HasSubstr("\"17s\" is one too many, list takes at most 16"));
    EXPECT_THAT(refusal("list(1s, 0s)"), HasSubstr("a delay must lie"));
    EXPECT_THAT(refusal("exponential(1m, xinf)"), HasSubstr("\"xinf\" is no factor"));
    EXPECT_THAT(refusal("exponential(1m, xnan)"), HasSubstr("\"xnan\" is no factor"));
    EXPECT_THAT(refusal("exponential(1m, x1e400)"), HasSubstr("is no factor"));
    EXPECT_THAT(refusal("exponential(1m, x-2)"), HasSubstr("is no factor"));
    EXPECT_THAT(refusal("exponential(1m, x0.5)"), HasSubstr("factor must lie between 1 and 1000"));
    EXPECT_THAT(refusal("exponential(1m, x1001)"), HasSubstr("factor must lie between 1 and 1000"));
    EXPECT_THAT(refusal("exponential(1m, x" + std::string(399, '9') + ")"), HasSubstr("factor"));
    EXPECT_THAT(refusal("fixed(1s, jitter 101%)"), HasSubstr("jitter must lie between 0 and 1"));
    EXPECT_THAT(refusal("fixed(1s, jitter 0.1)"), HasSubstr("jitter \"0.1\" is no percentage"));
    EXPECT_THAT(refusal("fixed(1s, jitter 1%, jitter 1%)"), HasSubstr("jitter is given twice"));
    EXPECT_THAT(refusal("fixed(1s, max 1s, max 2s)"), HasSubstr("max is given twice"));
    EXPECT_THAT(refusal("fixed(1s, max 0s)"), HasSubstr("a delay must lie"));
}

TEST(RetryPolicies, RefuseBadValuesAtRunTime) {
    EXPECT_THAT(message_of_refusal([] { (void)RetryPolicy::fixed(0s); }), HasSubstr("a delay"));
    EXPECT_THAT(message_of_refusal([] { (void)RetryPolicy::fixed(-1s); }), HasSubstr("a delay"));
    EXPECT_THAT(message_of_refusal([] { (void)RetryPolicy::exponential(1s, 0.9); }),
                HasSubstr("factor"));
    const auto nan = std::numeric_limits<double>::quiet_NaN();
    EXPECT_THAT(message_of_refusal([&] { (void)RetryPolicy::exponential(1s, nan); }),
                HasSubstr("factor"));
    EXPECT_THAT(message_of_refusal([&] { (void)RetryPolicy::fixed(1s).jitter(nan); }),
                HasSubstr("jitter"));
}

}  // namespace
}  // namespace errand
