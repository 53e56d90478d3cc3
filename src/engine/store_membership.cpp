#include "engine/store_membership.hpp"

#include "core/workflow/validate.hpp"

#include <errand/error.hpp>

#include <utility>

namespace errand::engine {
namespace {

Error lost(const JobId& id) {
    return {ErrorCode::lease_lost, "job " + to_string(id) +
                                       " has another owner now, or is gone; "
                                       "stop and change nothing for it"};
}

}  // namespace

StoreMembership::Place StoreMembership::place() {
    const std::lock_guard lock{mutex_};
    if (!place_) {
        auto job = store_.find(lease_.id);
        if (!job || !job->workflow) throw lost(lease_.id);
        place_ = Place{*job->workflow, std::move(job->workflow_job)};
    }
    return *place_;
}

WorkflowId StoreMembership::workflow() {
    return place().workflow;
}

std::string StoreMembership::name() {
    return place().name;
}

std::vector<ParentResult> StoreMembership::parent_results() {
    return store_.parent_results(lease_.id);
}

std::vector<AddResult> StoreMembership::add(std::vector<WorkflowJob> jobs) {
    core::validate(jobs, limits_);
    for (auto& job : jobs) {
        if (job.job.id.is_nil()) job.job.id = new_job_id();
    }
    if (auto results = store_.extend_workflow(lease_, jobs)) return std::move(*results);
    throw lost(lease_.id);
}

}  // namespace errand::engine
