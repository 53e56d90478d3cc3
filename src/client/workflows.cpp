#include <errand/client.hpp>

#include "client/waiting.hpp"
#include "core/workflow/validate.hpp"

#include <iterator>
#include <utility>

namespace errand {
namespace {

constexpr std::uint32_t page = 10'000;
constexpr std::uint32_t most_listed = 1'000;

Error unknown_workflow(const WorkflowId& id) {
    return {ErrorCode::not_found, "no workflow has the id " + to_string(id) +
                                      "; it is wrong, or the workflow was removed"};
}

}  // namespace

WorkflowId Client::submit(NewWorkflow workflow) {
    core::validate(workflow, limits_);
    if (workflow.id.is_nil()) workflow.id = new_job_id();
    for (auto& job : workflow.jobs) {
        if (job.job.id.is_nil()) job.job.id = new_job_id();
    }
    static_cast<void>(store_->insert_workflow(workflow));
    return workflow.id;
}

std::optional<WorkflowView> Client::find_workflow(const WorkflowId& id) const {
    return store_->find_workflow(id);
}

std::vector<WorkflowView> Client::workflows(std::optional<WorkflowState> state, std::uint32_t max,
                                            std::optional<WorkflowId> before) const {
    if (max < 1 || max > most_listed) {
        throw Error(ErrorCode::invalid_argument,
                    "max: " + std::to_string(max) + " is out of range; give 1 to 1000");
    }
    return store_->list_workflows(state, before, max);
}

std::vector<WorkflowJobView> Client::workflow_jobs(const WorkflowId& id) const {
    std::vector<WorkflowJobView> jobs;
    std::uint64_t from = 0;
    do {
        auto part = store_->workflow_jobs(id, from, page);
        jobs.insert(jobs.end(), std::make_move_iterator(part.jobs.begin()),
                    std::make_move_iterator(part.jobs.end()));
        from = part.next;
    } while (from != 0);
    return jobs;
}

ControlResult Client::cancel_workflow(const WorkflowId& id) {
    return store_->cancel_workflow(id);
}

WorkflowRetry Client::retry_workflow(const WorkflowId& id) {
    WorkflowRetry retry;
    retry.result = store_->retry_workflow(id, retry.retried);
    return retry;
}

std::optional<WorkflowView> Client::wait_workflow(const WorkflowId& id, Duration timeout) const {
    client::Waiting waiting{*store_, timeout};
    for (;;) {
        waiting.before_look();
        auto view = store_->find_workflow(id);
        if (!view) throw unknown_workflow(id);
        if (view->state != WorkflowState::running) return view;
        if (!waiting.wait()) return std::nullopt;
    }
}

}  // namespace errand
