#include "store/memory/workflow_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

namespace errand::memory {

void WorkflowEntry::close_edge(const WorkflowNode& parent, const WorkflowNode::Child& edge) {
    WorkflowNode& child = nodes[edge.position];
    assert(child.open_parents > 0);
    --child.open_parents;
    child.bad_parents += core::is_bad(parent.state, edge.on_failure);
}

void WorkflowEntry::open_edge(const WorkflowNode& parent, const WorkflowNode::Child& edge) {
    WorkflowNode& child = nodes[edge.position];
    ++child.open_parents;
    child.bad_parents -= core::is_bad(parent.state, edge.on_failure);
}

void WorkflowEntry::set_state(WorkflowNode& node, core::NodeState to) {
    [[maybe_unused]] const bool moved = core::move_count(view.counts, node.state, to);
    assert(moved);
    node.state = to;
}

bool WorkflowEntry::failures_count() const {
    return std::ranges::any_of(nodes, [](const WorkflowNode& node) {
        if (node.state != core::NodeState::failed) return false;
        const auto ignoring =
            std::ranges::count(node.children, OnFailure::ignore, &WorkflowNode::Child::on_failure);
        return core::failure_counts(node.children.size(), static_cast<std::uint64_t>(ignoring));
    });
}

std::string WorkflowEntry::disagreement() const {
    WorkflowCounts counts;
    std::vector<std::uint64_t> open(nodes.size()), bad(nodes.size());
    for (const WorkflowNode& node : nodes) {
        ++core::count_of(counts, node.state);
        for (const auto& edge : node.children) {
            open[edge.position] += !core::is_ended(node.state);
            bad[edge.position] += core::is_bad(node.state, edge.on_failure);
        }
    }
    const std::string id = to_string(view.id);
    if (counts != view.counts) return fmt::format("counts of workflow {} differ from its jobs", id);
    if (core::is_over(counts) == (view.state == WorkflowState::running)) {
        return fmt::format("workflow {} is {} with {} of {} jobs ended", id, to_string(view.state),
                           counts.ended(), counts.total());
    }
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        const WorkflowNode& node = nodes[i];
        if (node.open_parents != open[i] || node.bad_parents != bad[i]) {
            return fmt::format("parents of {} in workflow {} are miscounted", node.name, id);
        }
        const bool waits = node.state == core::NodeState::pending;
        if (waits && core::verdict_on(open[i], bad[i]) != core::Verdict::wait) {
            return fmt::format("{} in workflow {} waits for nothing", node.name, id);
        }
    }
    return {};
}

WorkflowEntry* WorkflowTable::find(const WorkflowId& id) {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : &by_seq_.at(found->second);
}

WorkflowEntry& WorkflowTable::add(const NewWorkflow& workflow, Timestamp now) {
    assert(!find(workflow.id));
    WorkflowEntry& entry = by_seq_[++last_seq_];
    entry.seq = last_seq_;
    entry.view.id = workflow.id;
    entry.view.name = workflow.name;
    entry.view.callbacks = workflow.callbacks;
    entry.view.created_at = now;
    by_id_.emplace(workflow.id, last_seq_);
    return entry;
}

void WorkflowTable::hide(WorkflowEntry& entry) {
    if (entry.going) return;
    entry.going = true;
    by_id_.erase(entry.view.id);
}

}  // namespace errand::memory
