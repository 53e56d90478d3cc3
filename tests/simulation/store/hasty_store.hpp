#pragma once

#include "simulation/mutant.hpp"
#include "support/forwarding_store.hpp"

#include <vector>

namespace errand::sim {

/// What an engine with one deliberate mistake would say to its store, and make of the answers.
class HastyStore final : public test::ForwardingStore {
public:
    HastyStore(std::shared_ptr<Store> inner, Mutant mutant)
        : test::ForwardingStore(std::move(inner)), mutant_(mutant) {}

    std::unique_ptr<WorkerSession> join(const WorkerInfo& info) override;
    std::vector<Lease> claim(const ClaimRequest& request) override;
    std::vector<SettleResult> settle(std::span<const Settlement> items) override;
    std::optional<std::string> find_effect(const JobId& id, std::string_view key) override;
    std::vector<FireResult> fire(std::span<const FireRequest> requests) override;

private:
    [[nodiscard]] std::vector<SettleResult> settle_later(std::span<const Settlement> items);
    [[nodiscard]] Settlement misjudged(const Settlement& item) const;

    const Mutant mutant_;
    std::vector<Settlement> unsettled_;  ///< said to be recorded, and not yet
};

}  // namespace errand::sim
