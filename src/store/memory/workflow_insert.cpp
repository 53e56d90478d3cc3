#include "core/event_data.hpp"
#include "core/workflow/graph.hpp"
#include "store/checks.hpp"
#include "store/memory/memory_store.hpp"
#include "store/workflow_checks.hpp"

#include <utility>

// Jobs that come into a workflow, at its beginning and later.

namespace errand::memory {

bool MemoryStore::insert_workflow(const NewWorkflow& workflow) {
    store::check_new_workflow(workflow);
    const core::JobGraph graph = store::whole_graph(workflow);
    const std::lock_guard lock{mutex_};
    if (workflows_.find(workflow.id)) return false;
    for (const WorkflowJob& job : workflow.jobs)
        check_id_is_free(job.job.id);
    const Timestamp now = this->now();
    WorkflowEntry& entry = workflows_.add(workflow, now);
    for (const WorkflowJob& job : workflow.jobs)
        add_node(entry, job);
    for (const core::GraphEdge& edge : graph.edges)
        add_edge(entry, edge.parent, edge.child, edge.on_failure);
    if (events_.wanted(EventKind::workflow_started)) {
        events_.note(core::workflow_started(entry.view), now);
    }
    for (std::uint32_t position = 0; position < entry.nodes.size(); ++position)
        insert_node(entry, position, workflow.jobs[position].job, now);
    return true;
}

std::optional<std::vector<AddResult>> MemoryStore::extend_workflow(
    const LeaseRef& lease, std::span<const WorkflowJob> jobs) {
    store::check_added_jobs(jobs, sizes_);
    const core::JobGraph graph = core::make_graph(jobs);
    const std::lock_guard lock{mutex_};
    const Record* const adder = leased(lease);
    if (!adder) return std::nullopt;
    if (!adder->membership) store::throw_no_workflow_of(lease.id);
    WorkflowEntry& entry = workflows_.get(adder->membership->workflow);
    // All that can be refused is refused before anything changes.
    std::vector<AddResult> results;
    store::RoomInWorkflow room{entry.nodes.size(), entry.edges};
    for (const WorkflowJob& job : jobs) {
        const bool there = entry.by_name.contains(job.name);
        results.push_back(there ? AddResult::already_there : AddResult::added);
        if (there) continue;
        room.take(job);
        check_id_is_free(job.job.id);
    }
    for (const core::OuterEdge& edge : graph.outer) {
        if (results[edge.child] == AddResult::already_there) continue;
        if (entry.by_name.contains(std::string{edge.parent})) continue;
        core::refuse_unknown_parent(jobs[edge.child].name, edge.parent);
    }
    add_jobs(entry, jobs, results);
    return results;
}

void MemoryStore::add_jobs(WorkflowEntry& entry, std::span<const WorkflowJob> jobs,
                           const std::vector<AddResult>& results) {
    const Timestamp now = this->now();
    const auto first = static_cast<std::uint32_t>(entry.nodes.size());
    std::vector<const WorkflowJob*> added;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        if (results[i] == AddResult::added) added.push_back(&jobs[i]);
    }
    for (const WorkflowJob* const job : added)
        add_node(entry, *job);
    for (std::uint32_t i = 0; i < added.size(); ++i) {
        for (const Dependency& after : added[i]->after)
            add_edge(entry, entry.by_name.at(after.parent), first + i, after.on_failure);
    }
    for (std::uint32_t i = 0; i < added.size(); ++i)
        insert_node(entry, first + i, added[i]->job, now);
    for (std::uint32_t i = 0; i < added.size(); ++i)
        skip_if_hopeless(entry, entry.nodes[first + i], now);
    work_off_workflows(now);
}

void MemoryStore::check_id_is_free(const JobId& id) {
    if (jobs_.find(id)) store::throw_id_taken(id);
}

void MemoryStore::add_node(WorkflowEntry& entry, const WorkflowJob& job) {
    WorkflowNode node;
    node.name = job.name;
    node.id = job.job.id;
    node.type = job.job.type;
    node.queue = job.job.queue;
    node.after = job.after;
    entry.by_name.emplace(job.name, static_cast<std::uint32_t>(entry.nodes.size()));
    entry.nodes.push_back(std::move(node));
    ++entry.view.counts.pending;
}

void MemoryStore::add_edge(WorkflowEntry& entry, std::uint32_t parent, std::uint32_t child,
                           OnFailure policy) {
    WorkflowNode& from = entry.nodes[parent];
    from.children.push_back({child, policy});
    ++entry.edges;
    ++entry.nodes[child].open_parents;
    if (core::is_ended(from.state)) entry.close_edge(from, from.children.back());
}

void MemoryStore::insert_node(WorkflowEntry& entry, std::uint32_t position, const NewJob& job,
                              Timestamp now) {
    WorkflowNode& node = entry.nodes[position];
    const bool begins =
        !entry.view.cancel_requested &&
        core::verdict_on(node.open_parents, node.bad_parents) == core::Verdict::release;
    Record record = make_record(job, now);
    record.membership = {entry.seq, position, job.delay, job.run_at};
    record.job.workflow = entry.view.id;
    record.job.workflow_job = node.name;
    if (!begins) record.job.state = JobState::pending;
    const Record& kept = add_record(job, std::move(record));
    node.seq = kept.seq;
    tell_enqueued(kept, now);
    if (begins) entry.set_state(node, core::NodeState::released);
}

void MemoryStore::skip_if_hopeless(WorkflowEntry& entry, WorkflowNode& node, Timestamp now) {
    if (node.state != core::NodeState::pending) return;
    const auto verdict = core::verdict_on(node.open_parents, node.bad_parents);
    if (!entry.view.cancel_requested && verdict != core::Verdict::skip) return;
    Record& record = *job_of(node);
    tell_cancelled(record, now);
    end_waiting(record, now);
}

}  // namespace errand::memory
