#pragma once

#include <errand/limits.hpp>
#include <errand/store/store.hpp>
#include <errand/workflow_member.hpp>

#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace errand::engine {

/// The membership of a leased job, looked up when it is first asked for.
class StoreMembership final : public Membership {
public:
    StoreMembership(Store& store, LeaseRef lease, const Limits& limits)
        : store_(store), lease_(lease), limits_(limits) {}

    [[nodiscard]] WorkflowId workflow() override;
    [[nodiscard]] std::string name() override;
    [[nodiscard]] std::vector<ParentResult> parent_results() override;
    [[nodiscard]] std::vector<AddResult> add(std::vector<WorkflowJob> jobs) override;

private:
    struct Place {
        WorkflowId workflow;
        std::string name;
    };
    /// Neither changes while the job is there.
    [[nodiscard]] Place place();

    Store& store_;
    const LeaseRef lease_;
    const Limits& limits_;
    std::mutex mutex_;
    std::optional<Place> place_;
};

}  // namespace errand::engine
