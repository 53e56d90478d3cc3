#include "core/queue_dealer.hpp"

#include <algorithm>
#include <utility>

namespace errand::core {

QueueDealer::QueueDealer(QueueGroup group) : choice_(group.choice) {
    for (auto& queue : group.queues)
        shares_.push_back({std::move(queue)});
}

void QueueDealer::begin() {
    pay();
    for (auto& share : shares_) {
        share.open = true;
        share.got = 0;
    }
}

/// Smooth weighted round robin, as it came out: each queue that had jobs gains its weight for every
/// job of theirs, and pays for its own. The sum of the credits stays the same.
void QueueDealer::pay() {
    const auto [weight, got] = sums();
    for (auto& share : shares_) {
        if (share.open) share.credit += got * share.queue.weight - weight * share.got;
    }
}

QueueDealer::Sums QueueDealer::sums() const {
    Sums sums;
    for (const auto& share : shares_) {
        if (!share.open) continue;
        sums.weight += share.queue.weight;
        sums.got += share.got;
    }
    return sums;
}

bool QueueDealer::can_deal() const noexcept {
    return std::ranges::any_of(shares_, &Share::open);
}

std::vector<QueueDemand> QueueDealer::deal(std::uint32_t places) const {
    const auto counts =
        choice_ == QueueChoice::strict ? strict_shares(places) : weighted_shares(places);
    std::vector<QueueDemand> demands;
    for (std::size_t i = 0; i < shares_.size(); ++i) {
        if (counts[i] > 0) demands.push_back({shares_[i].queue.name, counts[i]});
    }
    return demands;
}

std::vector<std::uint32_t> QueueDealer::strict_shares(std::uint32_t places) const {
    std::vector<std::uint32_t> counts(shares_.size());
    const auto first = std::ranges::find_if(shares_, &Share::open);
    if (first != shares_.end()) {
        counts[static_cast<std::size_t>(first - shares_.begin())] = places;
    }
    return counts;
}

/// What the queues that may have jobs should have got at the end of this round, less what they have
/// got: so a queue that turned out to be empty counts as if it had never been there.
std::vector<std::uint32_t> QueueDealer::weighted_shares(std::uint32_t places) const {
    std::vector<std::int64_t> due(shares_.size());
    const auto [weight, got] = sums();
    if (weight == 0) return std::vector<std::uint32_t>(shares_.size());
    const auto all = got + places;
    // A whole cycle gives every queue its weight and leaves the credits as they are.
    for (std::size_t i = 0; i < due.size(); ++i) {
        if (shares_[i].open) due[i] = all / weight * shares_[i].queue.weight;
    }
    auto left = shares_;
    for (auto steps = all % weight; steps > 0; --steps)
        ++due[step(left, weight)];
    return still_due(due, places);
}

std::size_t QueueDealer::step(std::vector<Share>& shares, std::int64_t weight) {
    std::size_t best = shares.size();
    for (std::size_t i = 0; i < shares.size(); ++i) {
        if (!shares[i].open) continue;
        shares[i].credit += shares[i].queue.weight;
        if (best == shares.size() || shares[i].credit > shares[best].credit) best = i;
    }
    shares[best].credit -= weight;
    return best;
}

std::vector<std::uint32_t> QueueDealer::still_due(const std::vector<std::int64_t>& due,
                                                  std::uint32_t places) const {
    std::vector<std::uint32_t> counts(due.size());
    auto left = static_cast<std::int64_t>(places);
    for (std::size_t i = 0; i < due.size(); ++i) {
        if (!shares_[i].open) continue;
        const auto count = std::clamp<std::int64_t>(due[i] - shares_[i].got, 0, left);
        counts[i] = static_cast<std::uint32_t>(count);
        left -= count;
    }
    return counts;
}

void QueueDealer::served(const std::vector<QueueDemand>& demands,
                         const std::vector<Lease>& leases) {
    for (const auto& demand : demands) {
        const auto got = demands.size() == 1
                             ? static_cast<std::ptrdiff_t>(leases.size())
                             : std::ranges::count(leases, demand.queue, &Lease::queue);
        const auto share =
            std::ranges::find(shares_, demand.queue, [](const Share& s) { return s.queue.name; });
        share->got += got;
        if (got < static_cast<std::ptrdiff_t>(demand.max_jobs)) share->open = false;
    }
}

}  // namespace errand::core
