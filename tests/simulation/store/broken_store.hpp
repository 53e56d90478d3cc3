#pragma once

#include "simulation/mutant.hpp"
#include "support/forwarding_store.hpp"

#include <array>
#include <cstdint>

namespace errand::sim {

class Chance;
class Oracle;
class SimClock;

/// A store with one deliberate mistake, below the oracle's eyes.
class BrokenStore final : public test::ForwardingStore {
public:
    BrokenStore(std::shared_ptr<Store> inner, Mutant mutant, Chance& chance, SimClock& clock,
                const Oracle& oracle)
        : test::ForwardingStore(std::move(inner)),
          mutant_(mutant),
          chance_(chance),
          clock_(clock),
          oracle_(oracle) {}

    std::vector<InsertResult> insert(std::span<const NewJob> jobs) override;
    std::vector<Lease> claim(const ClaimRequest& request) override;
    std::vector<SettleResult> settle(std::span<const Settlement> items) override;
    std::vector<HeartbeatResult> heartbeat(std::span<const Heartbeat> items) override;
    std::vector<TakenLease> take_over_expired(WorkerId worker, std::uint32_t max,
                                              Duration lease) override;
    Promotion promote_due(std::uint32_t max) override;
    std::optional<std::string> find_effect(const JobId& id, std::string_view key) override;
    bool record_effect(const LeaseRef& lease, std::string_view key, std::string_view value,
                       EffectWrite write) override;
    std::uint32_t generation(WakeChannel channel) noexcept override;
    StoreStats stats() override;
    std::vector<ControlResult> cancel(std::span<const JobId> ids) override;
    using Store::set_paused;
    void set_paused(const Scope& scope, bool paused, std::string_view by) override;
    std::uint32_t prune(const Retention& retention, std::uint32_t max) override;

private:
    [[nodiscard]] bool is(Mutant mutant) const noexcept { return mutant_ == mutant; }
    /// Makes the call, and keeps its change of `channel` from everybody.
    template <class F>
    auto hide(Mutant mutant, WakeChannel channel, F call);
    [[nodiscard]] LeaseRef present(const LeaseRef& lease) const;
    [[nodiscard]] Settlement spoiled(const Settlement& item) const;
    void steal_a_lease(const ClaimRequest& request, std::vector<Lease>& leases);
    void renew_leases_of_the_living(Duration lease);
    void prune_a_living_job();

    const Mutant mutant_;
    Chance& chance_;
    SimClock& clock_;
    const Oracle& oracle_;
    std::array<std::uint32_t, wake_channel_count> hidden_{};  ///< changes of generations
};

}  // namespace errand::sim
