#include "core/event_data.hpp"
#include "core/workflow/callbacks.hpp"
#include "store/checks.hpp"
#include "store/memory/memory_store.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

// What the end of a job does to its workflow. Every call that may end jobs notes which did and
// works them off at its end, when all its items are recorded.

namespace errand::memory {

void MemoryStore::note_node_end(const Record& record) {
    WorkflowEntry& entry = workflows_.get(record.membership->workflow);
    WorkflowNode& node = entry.nodes[record.membership->position];
    entry.set_state(node, core::state_after(node.state, record.job.state));
    node.end = record.job.state;
    ended_nodes_.push_back({record.seq, entry.seq, record.membership->position});
    touched_workflows_.insert(entry.seq);
}

void MemoryStore::work_off_workflows(Timestamp now) {
    // Whatever order the call had: those that ended in it by age, then those skipped after them.
    std::ranges::sort(ended_nodes_);
    while (!ended_nodes_.empty()) {
        const auto [seq, workflow, position] = ended_nodes_.front();
        ended_nodes_.pop_front();
        close_edges_of(workflows_.get(workflow), position, now);
    }
    for (const std::uint64_t workflow : std::exchange(touched_workflows_, {})) {
        WorkflowEntry& entry = workflows_.get(workflow);
        const bool over = core::is_over(entry.view.counts);
        if (over && entry.view.state == WorkflowState::running) end_workflow(entry, now);
    }
}

void MemoryStore::close_edges_of(WorkflowEntry& entry, std::uint32_t position, Timestamp now) {
    const WorkflowNode& node = entry.nodes[position];
    for (const WorkflowNode::Child& edge : node.children) {
        entry.close_edge(node, edge);
        WorkflowNode& child = entry.nodes[edge.position];
        if (child.state != core::NodeState::pending) continue;
        switch (core::verdict_on(child.open_parents, child.bad_parents)) {
            case core::Verdict::wait:
                break;
            case core::Verdict::release:
                release_node(entry, child, now);
                break;
            case core::Verdict::skip:
                tell_cancelled(*job_of(child), now);
                end_waiting(*job_of(child), now);
                break;
        }
    }
}

void MemoryStore::release_node(WorkflowEntry& entry, WorkflowNode& node, Timestamp now) {
    Record& record = *job_of(node);
    NewJob timing;
    timing.delay = record.membership->delay;
    timing.run_at = record.membership->run_at;
    const Timestamp due = store::due_time(timing, now);
    const bool at_once = due <= now;
    const JobState to = at_once ? JobState::available : JobState::scheduled;
    assert(core::find_transition(JobState::pending, at_once ? core::JobEvent::released_deps
                                                            : core::JobEvent::released_later));
    jobs_.reschedule(record, due, record.place, to, turn_in(to, record));
    entry.set_state(node, core::NodeState::released);
    wake_for(record);
}

void MemoryStore::end_waiting(Record& record, Timestamp now) {
    assert(core::find_transition(record.job.state, core::JobEvent::cancel));
    record.job.finished_at = now;
    move(record, JobState::cancelled);
}

void MemoryStore::leave_workflow(Record& record, Timestamp now) {
    if (!is_end(record.job.state)) end_waiting(record, now);
    workflows_.get(record.membership->workflow).nodes[record.membership->position].seq = 0;
}

void MemoryStore::end_workflow(WorkflowEntry& entry, Timestamp now) {
    WorkflowView& view = entry.view;
    view.state = core::end_of_workflow(view.counts, view.cancel_requested, entry.failures_count());
    view.finished_at = now;
    view.cancel_requested = false;
    if (events_.wanted(EventKind::workflow_ended)) {
        events_.note(core::workflow_ended(view), now);
    }
    for (const NewJob& job : core::callbacks_of(view.id, view.run, view.state, view.callbacks))
        insert_one(job, now);
    wake(WakeChannel::ended);
}

}  // namespace errand::memory
