#include "core/queue_dealer.hpp"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <numeric>
#include <string>
#include <vector>

namespace errand::core {
namespace {

using Waiting = std::map<std::string, std::uint32_t>;

/// Fills `places` of one moment from `waiting`, as a claimer does. What each queue gave is added to
/// `given`; the number of claims is returned.
int fill(QueueDealer& dealer, std::uint32_t places, Waiting& waiting, Waiting& given) {
    int claims = 0;
    dealer.begin();
    while (places > 0 && dealer.can_deal()) {
        const auto demands = dealer.deal(places);
        std::vector<Lease> leases;
        for (const auto& demand : demands) {
            const auto got = std::min(demand.max_jobs, waiting[demand.queue]);
            waiting[demand.queue] -= got;
            given[demand.queue] += got;
            places -= got;
            Lease lease;
            lease.queue = demand.queue;
            leases.insert(leases.end(), got, lease);
        }
        dealer.served(demands, leases);
        ++claims;
    }
    return claims;
}

constexpr std::uint32_t plenty = 1'000'000;

QueueDealer dealer_of(std::string_view text) {
    return QueueDealer{QueueGroup::parse(text)};
}

TEST(QueueDealer, OneQueueIsOneClaim) {
    auto dealer = dealer_of("mail:4");
    Waiting waiting{{"mail", 3}};
    Waiting given;
    EXPECT_EQ(fill(dealer, 4, waiting, given), 1);
    EXPECT_EQ(given["mail"], 3U);
}

TEST(QueueDealer, StrictGivesTheNextWhatTheFirstLeaves) {
    auto dealer = dealer_of("high,default,low:8");
    Waiting waiting{{"high", 5}, {"default", 2}, {"low", plenty}};
    Waiting given;
    fill(dealer, 8, waiting, given);
    EXPECT_EQ(given, (Waiting{{"high", 5}, {"default", 2}, {"low", 1}}));
    waiting["high"] = plenty;
    given.clear();
    EXPECT_EQ(fill(dealer, 8, waiting, given), 1);
    EXPECT_EQ(given, (Waiting{{"high", 8}}));
}

TEST(QueueDealer, WeightedIsExactOverAWholeCycle) {
    auto dealer = dealer_of("high*6,default*3,low*1:8");
    for (const std::uint32_t places : {1U, 2U, 5U, 10U, 20U, 1'000U}) {
        Waiting waiting{{"high", plenty}, {"default", plenty}, {"low", plenty}};
        Waiting given;
        for (int i = 0; i < 10; ++i)
            fill(dealer, places, waiting, given);
        EXPECT_EQ(given, (Waiting{{"high", 6 * places}, {"default", 3 * places}, {"low", places}}))
            << places;
    }
}

TEST(QueueDealer, PlacesThatComeOneByOneAreSpreadEvenly) {
    auto dealer = dealer_of("a*3,b*1:1");
    Waiting waiting{{"a", plenty}, {"b", plenty}};
    std::string order;
    for (int i = 0; i < 8; ++i) {
        Waiting given;
        fill(dealer, 1, waiting, given);
        order += given.begin()->first;
    }
    EXPECT_EQ(order, "aabaaaba");
}

TEST(QueueDealer, AnEmptyQueuesShareGoesToTheOthersInTheirMeasure) {
    for (const std::uint32_t places : {1U, 3U, 50U}) {
        auto dealer = dealer_of("empty*6,b*3,c*1:8");
        Waiting waiting{{"b", plenty}, {"c", plenty}};
        Waiting given;
        for (int i = 0; i < 1'000; ++i)
            fill(dealer, places, waiting, given);
        EXPECT_EQ(given["b"] + given["c"], 1'000 * places);
        EXPECT_NEAR(given["b"], 750.0 * places, 25.0 * places);
    }
}

TEST(QueueDealer, AQueueThatWasEmptySavesNothingUp) {
    auto dealer = dealer_of("a*1,b*1:1");
    Waiting waiting{{"b", plenty}};
    Waiting given;
    for (int i = 0; i < 1'000; ++i)
        fill(dealer, 1, waiting, given);
    waiting["a"] = plenty;
    given.clear();
    for (int i = 0; i < 10; ++i)
        fill(dealer, 1, waiting, given);
    EXPECT_NEAR(given["a"], 5, 1);
}

TEST(QueueDealer, EmptyQueuesCostAFewClaimsAtMost) {
    auto dealer = dealer_of("a*1,b*1,c*1:8");
    Waiting waiting;
    Waiting given;
    EXPECT_LE(fill(dealer, 8, waiting, given), 3);
    EXPECT_FALSE(dealer.can_deal());
}

/// Whatever the weights and the places: nothing is left out while somebody has work, and queues
/// that always have work get their shares within a tenth.
RC_GTEST_PROP(QueueDealer, FillsAllPlacesAndKeepsTheShares, ()) {
    QueueGroup group;
    group.choice = QueueChoice::weighted;
    const auto count = *rc::gen::inRange(2, 6);
    Waiting waiting;
    std::uint32_t total = 0;
    for (int i = 0; i < count; ++i) {
        const auto name = "q" + std::to_string(i);
        const auto weight = *rc::gen::inRange<std::uint32_t>(1, 10);
        group.queues.push_back({name, weight});
        total += weight;
        waiting[name] = plenty;
    }
    QueueDealer dealer{group};
    Waiting given;
    std::uint32_t places = 0;
    while (places < 100 * total) {
        const auto now = *rc::gen::inRange<std::uint32_t>(1, 40);
        fill(dealer, now, waiting, given);
        places += now;
    }
    std::uint32_t sum = 0;
    for (const auto& [name, got] : given)
        sum += got;
    RC_ASSERT(sum == places);
    for (const auto& queue : group.queues) {
        const double share = static_cast<double>(queue.weight) / total * places;
        RC_ASSERT(given[queue.name] > 0.9 * share);
        RC_ASSERT(given[queue.name] < 1.1 * share);
    }
}

}  // namespace
}  // namespace errand::core
