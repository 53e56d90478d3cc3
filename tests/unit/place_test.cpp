#include "core/place.hpp"

#include "unit/expect_error.hpp"

#include <rapidcheck/gtest.h>

#include <limits>
#include <map>

// Places in queues: orders, aging, fair shares; and which settings are refused.

namespace errand {
namespace {

using namespace std::chrono_literals;
using core::FairShare;
using core::Place;
using core::place_of;
using test::message_of_refusal;
using ::testing::HasSubstr;

Timestamp at(Duration time) {
    return Timestamp{time};
}

QueueSettings ordered(QueueOrder order) {
    QueueSettings settings;
    settings.order = order;
    return settings;
}

QueueSettings aging(Duration by) {
    QueueSettings settings;
    settings.aging = by;
    return settings;
}

/// Is the first claimed before the second?
bool before(const Place& a, const Place& b) {
    return a.rank != b.rank ? a.rank > b.rank : a.position < b.position;
}

TEST(Place, FollowsTheOrderOfTheQueue) {
    const core::PlaceFacts facts{7, at(5us), 12, 99};
    EXPECT_EQ(place_of(QueueSettings{}, facts), (Place{7, 5}));
    EXPECT_EQ(place_of(ordered(QueueOrder::lifo), facts), (Place{7, -12}));
    EXPECT_EQ(place_of(ordered(QueueOrder::fair), facts), (Place{7, 99}));
    EXPECT_EQ(place_of(aging(10us), facts), (Place{0, 5 - 70}));
}

TEST(Place, ExtremesOfAgingDoNotOverflow) {
    const auto longest = aging(365 * 24h);
    const auto first = place_of(longest, {std::numeric_limits<std::int32_t>::max(), at(0us), 1});
    const auto last = place_of(longest, {std::numeric_limits<std::int32_t>::min(), at(0us), 2});
    EXPECT_EQ(first.position, std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(last.position, std::numeric_limits<std::int64_t>::max());
}

RC_GTEST_PROP(Place, AStepOfPriorityIsWorthTheAgingTime, ()) {
    const auto low = *rc::gen::inRange(-1'000, 1'000);
    const auto steps = *rc::gen::inRange(1, 1'000);
    const auto by = Duration{*rc::gen::inRange<std::int64_t>(1, 1'000'000'000)};
    const auto later = Duration{*rc::gen::inRange<std::int64_t>(0, 2 * steps * by.count())};
    const auto settings = aging(by);
    const auto old = place_of(settings, {low, at(1h), 1});
    const auto fresh = place_of(settings, {low + steps, at(1h + later), 2});
    RC_ASSERT(before(fresh, old) == (later < steps * by));
}

RC_GTEST_PROP(FairShare, KeysWithWorkAreServedInTheMeasureOfTheirWeights, ()) {
    const auto weights =
        *rc::gen::container<std::vector<std::uint32_t>>(4, rc::gen::inRange<std::uint32_t>(1, 10));
    constexpr int jobs = 400;
    std::multimap<std::int64_t, std::size_t> line;  // the keys of the jobs by position
    for (std::size_t key = 0; key < weights.size(); ++key) {
        std::int64_t finish = 0;
        for (int i = 0; i < jobs; ++i) {
            const auto share = FairShare::next(1'000, finish, weights[key]);
            finish = share.finish;
            line.emplace(share.position, key);
        }
    }
    std::uint32_t total = 0;
    for (const auto weight : weights)
        total += weight;
    std::vector<double> served(weights.size());
    int claimed = 0;
    for (const auto& [position, key] : line) {
        if (++claimed > 100) break;
        ++served[key];
        for (std::size_t i = 0; i < weights.size(); ++i) {
            const double due = static_cast<double>(claimed) * weights[i] / total;
            RC_ASSERT(served[i] > due - 11 && served[i] < due + 11);
        }
    }
}

TEST(FairShare, AnIdleKeySavesNothingUp) {
    const auto share = FairShare::next(5'000'000, 1'000'000, 1);
    EXPECT_EQ(share.position, 5'000'000);
    EXPECT_EQ(share.finish, 5'000'000 + FairShare::cost);
    EXPECT_EQ(FairShare::next(5'000'000, 9'000'000, 4).position, 9'000'000);
    EXPECT_EQ(FairShare::next(5'000'000, 9'000'000, 4).finish, 9'000'000 + FairShare::cost / 4);
}

TEST(QueueSettings, RefusalsNameTheField) {
    const auto refusal = [](const QueueSettings& settings) {
        return message_of_refusal([&] { core::validate(settings); });
    };
    EXPECT_THAT(refusal(aging(-1us)), HasSubstr("aging"));
    EXPECT_THAT(refusal(aging(366 * 24h)), HasSubstr("365 days"));
    auto stack = ordered(QueueOrder::lifo);
    stack.aging = 1s;
    EXPECT_THAT(refusal(stack), HasSubstr("fifo"));
    QueueSettings settings;
    settings.key_concurrency = 1'001;
    EXPECT_THAT(refusal(settings), HasSubstr("key_concurrency: 1001"));
    settings = {};
    settings.key_weights = {{"a", 1}};
    EXPECT_THAT(refusal(settings), HasSubstr("fair"));
    settings = ordered(QueueOrder::fair);
    settings.key_weights = {{"a", 0}};
    EXPECT_THAT(refusal(settings), HasSubstr("key_weights: 0"));
    settings.key_weights = {{std::string(128, 'k'), 1}};
    EXPECT_THAT(refusal(settings), HasSubstr("127 bytes"));
    settings.key_weights = {{"a", 1'000}};
    EXPECT_NO_THROW(core::validate(settings));
}

TEST(QueueOrder, IsReadBackFromItsName) {
    for (const auto order : {QueueOrder::fifo, QueueOrder::lifo, QueueOrder::fair})
        EXPECT_EQ(parse_queue_order(to_string(order)), order);
    EXPECT_THAT(message_of_refusal([] { (void)parse_queue_order("stack"); }),
                HasSubstr("fifo, lifo or fair"));
}

}  // namespace
}  // namespace errand
