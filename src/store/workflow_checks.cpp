#include "store/workflow_checks.hpp"

#include "core/workflow/validate.hpp"
#include "store/checks.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <unordered_set>

namespace errand::store {

namespace {

void check_jobs(std::span<const WorkflowJob> jobs) {
    std::unordered_set<JobId> ids;
    for (const WorkflowJob& job : jobs) {
        core::check_workflow_job(job);
        if (job.job.id.is_nil()) {
            throw Error(ErrorCode::invalid_argument,
                        fmt::format("id of job {} is nil: make one with new_job_id()", job.name));
        }
        if (!ids.insert(job.job.id).second) {
            throw Error(ErrorCode::invalid_argument,
                        fmt::format("id {} of job {} is another one's too: make one for each",
                                    to_string(job.job.id), job.name));
        }
        check_length("delay", job.job.delay);
    }
}

}  // namespace

void check_new_workflow(const NewWorkflow& workflow) {
    if (workflow.id.is_nil()) {
        throw Error(ErrorCode::invalid_argument,
                    "id of a new workflow is nil: make one with new_job_id()");
    }
    if (workflow.jobs.empty()) {
        throw Error(ErrorCode::invalid_argument,
                    "jobs of a new workflow: there are none; give at least one");
    }
    core::check_workflow_size(workflow.jobs.size(), 0);
    core::check_callbacks(workflow.callbacks);
    check_jobs(workflow.jobs);
}

core::JobGraph whole_graph(const NewWorkflow& workflow) {
    core::JobGraph graph = core::make_graph(workflow.jobs);
    for (const core::OuterEdge& edge : graph.outer)
        core::refuse_unknown_parent(workflow.jobs[edge.child].name, edge.parent);
    return graph;
}

void check_added_jobs(std::span<const WorkflowJob> jobs, const Limits& limits) {
    check_batch(jobs.size(), limits);
    check_jobs(jobs);
}

void check_workflow_page(std::uint32_t max) {
    if (max >= 1 && max <= 10'000) return;
    throw Error(ErrorCode::invalid_argument,
                fmt::format("max {} is not possible: ask for 1 to 10000 jobs per page", max));
}

Duration kept_for(WorkflowState state, const Retention& retention) noexcept {
    switch (state) {
        case WorkflowState::running:
            return max_duration;
        case WorkflowState::completed:
            return retention.completed;
        case WorkflowState::cancelled:
            return retention.cancelled;
        case WorkflowState::partial:
        case WorkflowState::failed:
            break;
    }
    return retention.discarded;
}

void RoomInWorkflow::take(const WorkflowJob& job) {
    core::check_workflow_size(++jobs_, edges_ += job.after.size());
}

void throw_no_workflow(const WorkflowId& id) {
    throw Error(ErrorCode::not_found,
                fmt::format("no workflow {} is kept; look them up", to_string(id)));
}

void throw_no_workflow_of(const JobId& job) {
    throw Error(ErrorCode::conflict,
                fmt::format("job {} belongs to no workflow, so it cannot add jobs to it; enqueue "
                            "them, or submit a workflow",
                            to_string(job)));
}

void throw_id_taken(const JobId& id) {
    throw Error(ErrorCode::conflict,
                fmt::format("id {} is that of a job which is there already; make a new one",
                            to_string(id)));
}

}  // namespace errand::store
