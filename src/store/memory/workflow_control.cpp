#include "core/event_data.hpp"
#include "store/memory/memory_store.hpp"
#include "store/workflow_checks.hpp"

#include <algorithm>
#include <cassert>
#include <vector>

// Cancelling a workflow, letting it go on after failures, and forgetting it.

namespace errand::memory {

ControlResult MemoryStore::cancel_workflow(const WorkflowId& id) {
    const std::lock_guard lock{mutex_};
    WorkflowEntry* const entry = workflows_.find(id);
    if (!entry) return ControlResult::not_found;
    WorkflowView& view = entry->view;
    if (view.state == WorkflowState::cancelled) return ControlResult::done;
    if (view.state != WorkflowState::running) return ControlResult::refused;
    const Timestamp now = this->now();
    view.cancel_requested = true;
    for (const auto state : {core::NodeState::released, core::NodeState::pending}) {
        for (const WorkflowNode& node : entry->nodes) {
            if (node.state == state) static_cast<void>(cancel_one(node.id, now));
        }
    }
    work_off_workflows(now);
    return view.state == WorkflowState::running ? ControlResult::requested : ControlResult::done;
}

ControlResult MemoryStore::retry_workflow(const WorkflowId& id, std::uint64_t& retried) {
    retried = 0;
    const std::lock_guard lock{mutex_};
    WorkflowEntry* const entry = workflows_.find(id);
    if (!entry) return ControlResult::not_found;
    if (entry->view.cancel_requested) return ControlResult::refused;
    const Timestamp now = this->now();
    std::vector<WorkflowNode*> again;
    for (WorkflowNode& node : entry->nodes) {
        if (node.state != core::NodeState::failed || !job_of(node)) continue;
        open_edges_of(*entry, node, now);
        entry->set_state(node, core::NodeState::pending);
        again.push_back(&node);
    }
    // Only now is it known which of them come after others of them.
    for (WorkflowNode* const node : again) {
        begin_or_wait(*entry, *node);
        tell_retried(*job_of(*node), now);
    }
    retried = again.size();
    // Those that are skipped still were cancelled by hand, or wait for one that was removed.
    std::vector<WorkflowNode*> waiting;
    for (WorkflowNode& node : entry->nodes) {
        if (node.state != core::NodeState::skipped || !job_of(node)) continue;
        const auto verdict = core::verdict_on(node.open_parents, node.bad_parents);
        if (verdict == core::Verdict::skip) continue;
        wait_again(*entry, node, now);
        waiting.push_back(&node);
    }
    // A child may stand before its parent: only now is it known which of them wait for others.
    for (WorkflowNode* const node : waiting) {
        if (node->open_parents > 0) continue;
        release_node(*entry, *node, now);
        ++retried;
    }
    if (retried == 0 && waiting.empty()) return ControlResult::refused;
    go_on(*entry, now);
    return ControlResult::done;
}

ControlResult MemoryStore::retry_node(const Record& record, Timestamp now) {
    WorkflowEntry& entry = workflows_.get(record.membership->workflow);
    if (entry.going || entry.view.cancel_requested) return ControlResult::refused;
    WorkflowNode& node = entry.nodes[record.membership->position];
    open_edges_of(entry, node, now);
    entry.set_state(node, core::NodeState::pending);
    begin_or_wait(entry, node);
    go_on(entry, now);
    tell_retried(record, now);
    return ControlResult::done;
}

void MemoryStore::begin_or_wait(WorkflowEntry& entry, WorkflowNode& node) {
    Record& record = *job_of(node);
    forget_attempts(record.job);
    if (node.open_parents > 0) {
        assert(core::find_transition(record.job.state, core::JobEvent::wait_again));
        jobs_.move(record, JobState::pending, Turn::none);
        return;
    }
    // Also where a parent ended in a way that forbids it: somebody wants it to begin.
    entry.set_state(node, core::NodeState::released);
    move(record, JobState::available);
}

void MemoryStore::wait_again(WorkflowEntry& entry, WorkflowNode& node, Timestamp now) {
    std::vector<WorkflowNode*> left{&node};
    while (!left.empty()) {
        WorkflowNode& next = *left.back();
        left.pop_back();
        Record* const record = job_of(next);
        if (next.state != core::NodeState::skipped || !record) continue;
        assert(core::find_transition(record->job.state, core::JobEvent::wait_again));
        for (const WorkflowNode::Child& edge : next.children) {
            entry.open_edge(next, edge);
            left.push_back(&entry.nodes[edge.position]);
        }
        entry.set_state(next, core::NodeState::pending);
        forget_attempts(record->job);
        jobs_.move(*record, JobState::pending, Turn::none);
        tell_retried(*record, now);
    }
}

void MemoryStore::open_edges_of(WorkflowEntry& entry, WorkflowNode& node, Timestamp now) {
    for (const WorkflowNode::Child& edge : node.children) {
        entry.open_edge(node, edge);
        wait_again(entry, entry.nodes[edge.position], now);
    }
}

void MemoryStore::go_on(WorkflowEntry& entry, Timestamp now) {
    WorkflowView& view = entry.view;
    if (view.state == WorkflowState::running) return;
    view.state = WorkflowState::running;
    view.finished_at.reset();
    ++view.run;
    if (events_.wanted(EventKind::workflow_started)) {
        events_.note(core::workflow_started(view), now);
    }
}

std::uint32_t MemoryStore::prune_workflows(const Retention& retention, std::uint32_t max,
                                           Timestamp now) {
    std::vector<WorkflowEntry*> due;
    for (auto& [seq, entry] : workflows_.by_seq()) {
        const WorkflowView& view = entry.view;
        const bool is_due =
            view.finished_at && now - *view.finished_at >= store::kept_for(view.state, retention);
        if (entry.going || is_due) due.push_back(&entry);
    }
    // What was begun comes first.
    std::ranges::stable_partition(due, [](const WorkflowEntry* entry) { return entry->going; });
    std::uint32_t pruned = 0;
    for (WorkflowEntry* const entry : due) {
        if (pruned == max) break;
        pruned += prune_workflow(*entry, max - pruned);
        if (entry->gone == entry->nodes.size()) workflows_.erase(entry->seq);
    }
    return pruned;
}

std::uint32_t MemoryStore::prune_workflow(WorkflowEntry& entry, std::uint32_t max) {
    if (!entry.going) {
        workflows_.hide(entry);
        for (const WorkflowNode& node : entry.nodes) {
            Record* const record = job_of(node);
            if (!record) continue;
            record->job.workflow.reset();
            record->job.workflow_job.clear();
        }
    }
    std::uint32_t pruned = 0;
    for (; entry.gone < entry.nodes.size() && pruned < max; ++pruned) {
        WorkflowNode& node = entry.nodes[entry.gone++];
        if (Record* const record = job_of(node)) erase(*record);
        node.seq = 0;
    }
    return pruned;
}

}  // namespace errand::memory
