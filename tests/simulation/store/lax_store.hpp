#pragma once

#include "simulation/mutant.hpp"
#include "support/forwarding_store.hpp"

#include <errand/limit.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <string_view>
#include <utility>

namespace errand::sim {

class Oracle;

/// A store that makes one deliberate mistake about turns, limits, order or schedules, below the
/// oracle's eyes.
class LaxStore final : public test::ForwardingStore {
public:
    LaxStore(std::shared_ptr<Store> inner, Mutant mutant, const Oracle& oracle);

    std::vector<Lease> claim(const ClaimRequest& request) override;
    std::vector<SettleResult> settle(std::span<const Settlement> items) override;
    std::vector<TakenLease> take_over_expired(WorkerId worker, std::uint32_t max,
                                              Duration lease) override;
    Promotion promote_due(std::uint32_t max) override;
    std::uint32_t generation(WakeChannel channel) noexcept override;
    void set_queue_settings(std::string_view queue, const QueueSettings& settings) override;
    void set_limit(const Limit& limit) override;
    std::vector<LimitView> limits() override;
    std::vector<ScheduleView> schedules_after(std::uint64_t version, std::uint32_t max) override;
    ScheduleChange put_schedule(const ScheduleDefinition& definition, std::string_view by) override;
    std::vector<FireResult> fire(std::span<const FireRequest> requests) override;

private:
    [[nodiscard]] bool is(Mutant mutant) const noexcept { return mutant_ == mutant; }
    void hide(std::uint32_t before);
    void begin_spans();
    void let_another_try(const ClaimRequest& request, std::vector<Lease>& leases);
    void leak_permits(const Lease& lease);
    void enforce_only(const Scope& scope);

    const Mutant mutant_;
    const Oracle& oracle_;
    std::map<Scope, std::uint32_t> leaked_;  ///< permits that are gone for good
    std::map<Scope, std::int64_t> spans_;    ///< number of the present fixed span of a rate
    std::uint32_t hidden_ = 0;               ///< changes of WakeChannel::work that nobody hears of
};

}  // namespace errand::sim
