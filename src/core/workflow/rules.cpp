#include "core/workflow/rules.hpp"

namespace errand::core {

NodeState state_after(NodeState before, JobState end) noexcept {
    if (before == NodeState::pending) return NodeState::skipped;
    return end == JobState::completed ? NodeState::completed : NodeState::failed;
}

bool is_bad(NodeState parent, OnFailure policy) noexcept {
    return is_ended(parent) && parent != NodeState::completed && policy == OnFailure::fail;
}

Verdict verdict_on(std::uint64_t open_parents, std::uint64_t bad_parents) noexcept {
    if (open_parents > 0) return Verdict::wait;
    return bad_parents > 0 ? Verdict::skip : Verdict::release;
}

WorkflowState end_of_workflow(const WorkflowCounts& counts, bool cancel_requested,
                              bool failures_count) noexcept {
    if (cancel_requested) return WorkflowState::cancelled;
    if (counts.skipped > 0 || counts.completed == 0) return WorkflowState::failed;
    return failures_count ? WorkflowState::partial : WorkflowState::completed;
}

std::uint64_t& count_of(WorkflowCounts& counts, NodeState state) noexcept {
    switch (state) {
        case NodeState::pending:
            return counts.pending;
        case NodeState::released:
            return counts.released;
        case NodeState::completed:
            return counts.completed;
        case NodeState::failed:
            return counts.failed;
        case NodeState::skipped:
            break;
    }
    return counts.skipped;
}

bool move_count(WorkflowCounts& counts, NodeState from, NodeState to) noexcept {
    std::uint64_t& left = count_of(counts, from);
    if (left == 0) return false;
    --left;
    ++count_of(counts, to);
    return true;
}

}  // namespace errand::core
