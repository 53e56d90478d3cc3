#pragma once

#include "simulation/mutant.hpp"
#include "support/forwarding_store.hpp"

#include <cstdint>
#include <map>

namespace errand::sim {

class Chance;

/// A store that makes one deliberate mistake about workflows, signals or events, below the oracle's
/// eyes.
class UnrulyStore final : public test::ForwardingStore {
public:
    UnrulyStore(std::shared_ptr<Store> inner, Mutant mutant, Chance& chance)
        : test::ForwardingStore(std::move(inner)), mutant_(mutant), chance_(chance) {}

    std::vector<Lease> claim(const ClaimRequest& request) override;
    std::vector<SettleResult> settle(std::span<const Settlement> items) override;
    bool insert_workflow(const NewWorkflow& workflow) override;
    std::optional<WorkflowView> find_workflow(const WorkflowId& id) override;
    ControlResult cancel_workflow(const WorkflowId& id) override;
    std::optional<EventPage> read_events(std::string_view name, std::uint32_t max) override;
    bool acknowledge_events(std::string_view name, std::uint64_t seq) override;
    SignalResult signal(const JobId& id, std::string_view name, std::string_view value) override;

private:
    [[nodiscard]] bool is(Mutant mutant) const noexcept { return mutant_ == mutant; }
    [[nodiscard]] std::optional<WorkflowId> workflow_of(const JobId& job);
    void settled_again(const WorkflowId& id);
    void forget_callbacks(std::span<const Settlement> items);

    const Mutant mutant_;
    Chance& chance_;
    std::map<WorkflowId, std::uint64_t> counted_twice_;  ///< ends of jobs
};

}  // namespace errand::sim
