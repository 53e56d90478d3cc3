#pragma once

#include <errand/queue_group.hpp>
#include <errand/store/types.hpp>

#include <cstdint>
#include <vector>

namespace errand::core {

/// Deals free places out to the queues of a group, as its choice says. Pure: the same calls give
/// the same answers. Weighted shares follow smooth weighted round robin, so that also places that
/// come one by one are spread evenly. One round fills the places of one moment:
///
///     dealer.begin();
///     while (places > 0 && dealer.can_deal()) {
///         const auto demands = dealer.deal(places);
///         places -= whatever was got;
///         dealer.served(demands, what was got);
///     }
class QueueDealer {
public:
    explicit QueueDealer(QueueGroup group);

    /// A new round: any queue may have jobs again.
    void begin();
    /// False: every queue had less than was asked for.
    [[nodiscard]] bool can_deal() const noexcept;
    /// Splits `places` among the queues that may have jobs; those with none of them are left out.
    [[nodiscard]] std::vector<QueueDemand> deal(std::uint32_t places) const;
    /// What a claim of `demands` gave: a queue with less than its demand is empty for this round.
    void served(const std::vector<QueueDemand>& demands, const std::vector<Lease>& leases);

private:
    struct Share {
        QueueShare queue;
        std::int64_t credit = 0;  ///< who has most is next
        std::int64_t got = 0;     ///< in this round
        bool open = true;         ///< may have jobs in this round
    };
    struct Sums {
        std::int64_t weight = 0, got = 0;
    };

    [[nodiscard]] std::vector<std::uint32_t> strict_shares(std::uint32_t places) const;
    [[nodiscard]] std::vector<std::uint32_t> weighted_shares(std::uint32_t places) const;
    [[nodiscard]] std::vector<std::uint32_t> still_due(const std::vector<std::int64_t>& due,
                                                       std::uint32_t places) const;
    [[nodiscard]] static std::size_t step(std::vector<Share>& shares, std::int64_t weight);
    [[nodiscard]] Sums sums() const;  ///< of the open ones
    void pay();

    QueueChoice choice_;
    std::vector<Share> shares_;
};

}  // namespace errand::core
