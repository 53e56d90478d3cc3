#include "store/checks.hpp"
#include "store/memory/memory_store.hpp"
#include "store/workflow_checks.hpp"

#include <algorithm>

// Looking at workflows.

namespace errand::memory {

std::optional<WorkflowView> MemoryStore::find_workflow(const WorkflowId& id) {
    const std::lock_guard lock{mutex_};
    const WorkflowEntry* const entry = workflows_.find(id);
    if (!entry) return std::nullopt;
    return entry->view;
}

std::vector<WorkflowView> MemoryStore::list_workflows(std::optional<WorkflowState> state,
                                                      std::optional<WorkflowId> before,
                                                      std::uint32_t max) {
    store::check_page_limit(max);
    const std::lock_guard lock{mutex_};
    const auto& all = workflows_.by_seq();
    auto after = all.end();
    if (before) {
        const WorkflowEntry* const entry = workflows_.find(*before);
        if (!entry) store::throw_no_workflow(*before);
        after = all.find(entry->seq);
    }
    std::vector<WorkflowView> views;
    while (after != all.begin() && views.size() < max) {
        const WorkflowEntry& entry = (--after)->second;
        if (entry.going || (state && entry.view.state != *state)) continue;
        views.push_back(entry.view);
    }
    return views;
}

WorkflowJobPage MemoryStore::workflow_jobs(const WorkflowId& id, std::uint64_t from,
                                           std::uint32_t max) {
    store::check_workflow_page(max);
    const std::lock_guard lock{mutex_};
    const WorkflowEntry* const entry = workflows_.find(id);
    WorkflowJobPage page;
    if (!entry) return page;
    const std::uint64_t end = entry->nodes.size();
    const std::uint64_t stop = from < end ? from + std::min<std::uint64_t>(max, end - from) : end;
    for (std::uint64_t i = from; i < stop; ++i)
        page.jobs.push_back(node_view(entry->nodes[i]));
    if (stop < end) page.next = stop;
    return page;
}

WorkflowJobView MemoryStore::node_view(const WorkflowNode& node) {
    WorkflowJobView view;
    view.name = node.name;
    view.id = node.id;
    view.type = node.type;
    view.queue = node.queue;
    view.state = node.end;
    view.skipped = node.state == core::NodeState::skipped;
    view.after = node.after;
    if (const Record* const record = job_of(node)) {
        view.state = record->job.state;
        if (view.state == JobState::active) view.progress = record->job.progress;
    }
    return view;
}

std::vector<ParentResult> MemoryStore::parent_results(const JobId& job) {
    const std::lock_guard lock{mutex_};
    std::vector<ParentResult> results;
    const Record* const record = jobs_.find(job);
    if (!record || !record->membership) return results;
    const WorkflowEntry& entry = workflows_.get(record->membership->workflow);
    for (const Dependency& after : entry.nodes[record->membership->position].after) {
        const WorkflowNode& parent = entry.nodes[entry.by_name.at(after.parent)];
        if (!core::is_ended(parent.state)) continue;
        ParentResult result{parent.name, parent.id, parent.end, {}};
        if (const Record* const its = job_of(parent)) result.result = its->job.result;
        results.push_back(std::move(result));
    }
    return results;
}

Record* MemoryStore::job_of(const WorkflowNode& node) {
    if (node.seq == 0) return nullptr;
    return jobs_.find(LeaseRef{node.id, 0, static_cast<std::int64_t>(node.seq)});
}

}  // namespace errand::memory
