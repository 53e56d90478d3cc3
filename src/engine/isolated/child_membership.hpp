#pragma once

#include "engine/isolated/messages.hpp"
#include "engine/isolated/workflow_messages.hpp"

#include <errand/workflow_member.hpp>

#include <functional>
#include <string_view>
#include <utility>

namespace errand::engine {

/// The membership of a job in an isolated process: its worker asks the store.
class ChildMembership final : public Membership {
public:
    /// Waits for the worker's answer to a question with this value; throws what it failed with.
    using Ask = std::function<StoreReply(FrameKind kind, std::string_view value)>;

    ChildMembership(WorkflowPlace place, Ask ask)
        : place_(std::move(place)), ask_(std::move(ask)) {}

    [[nodiscard]] WorkflowId workflow() override { return place_.workflow; }
    [[nodiscard]] std::string name() override { return place_.name; }
    [[nodiscard]] std::vector<ParentResult> parent_results() override;
    [[nodiscard]] std::vector<AddResult> add(std::vector<WorkflowJob> jobs) override;

private:
    const WorkflowPlace place_;
    const Ask ask_;
};

}  // namespace errand::engine
