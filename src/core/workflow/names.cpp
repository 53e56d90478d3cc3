#include <errand/workflow.hpp>

#include <array>

namespace errand {
namespace {

constexpr std::array policies{OnFailure::fail, OnFailure::go_on, OnFailure::ignore};
constexpr std::array states{WorkflowState::running, WorkflowState::completed,
                            WorkflowState::partial, WorkflowState::failed,
                            WorkflowState::cancelled};

template <class Values>
auto value_named(const Values& values, std::string_view text) noexcept
    -> std::optional<typename Values::value_type> {
    for (const auto value : values) {
        if (to_string(value) == text) return value;
    }
    return std::nullopt;
}

}  // namespace

std::string_view to_string(OnFailure policy) noexcept {
    switch (policy) {
        case OnFailure::fail:
            return "fail";
        case OnFailure::go_on:
            return "continue";
        case OnFailure::ignore:
            return "ignore";
    }
    return "unknown";
}

std::optional<OnFailure> parse_on_failure(std::string_view text) noexcept {
    return value_named(policies, text);
}

std::string_view to_string(WorkflowState state) noexcept {
    switch (state) {
        case WorkflowState::running:
            return "running";
        case WorkflowState::completed:
            return "completed";
        case WorkflowState::partial:
            return "partial";
        case WorkflowState::failed:
            return "failed";
        case WorkflowState::cancelled:
            return "cancelled";
    }
    return "unknown";
}

std::optional<WorkflowState> parse_workflow_state(std::string_view text) noexcept {
    return value_named(states, text);
}

}  // namespace errand
