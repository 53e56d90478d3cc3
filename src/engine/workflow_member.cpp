#include <errand/workflow_member.hpp>

#include "base/text.hpp"

#include <errand/error.hpp>

#include <algorithm>

namespace errand {

std::optional<WorkflowId> WorkflowMember::workflow() {
    auto* const member = membership();
    return member == nullptr ? std::nullopt : std::optional{member->workflow()};
}

std::string WorkflowMember::workflow_job() {
    auto* const member = membership();
    return member == nullptr ? std::string{} : member->name();
}

std::vector<ParentResult> WorkflowMember::parent_results() {
    auto* const member = membership();
    return member == nullptr ? std::vector<ParentResult>{} : member->parent_results();
}

std::string WorkflowMember::parent_result_json(std::string_view parent) {
    auto results = parent_results();
    const auto found = std::ranges::find(results, parent, &ParentResult::name);
    if (found == results.end()) {
        throw Error(ErrorCode::not_found, "the job did not come after one named " +
                                              base::quote_for_message(parent) +
                                              "; give a name of its \"after\"");
    }
    if (found->state != JobState::completed) {
        throw Error(ErrorCode::conflict,
                    "the job " + base::quote_for_message(parent) + " was " +
                        std::string{to_string(found->state)} +
                        " and has no result; look at parent_results() where that may be");
    }
    return found->result.empty() ? "null" : std::move(found->result);
}

std::vector<AddResult> WorkflowMember::add_to_workflow(std::vector<WorkflowJob> jobs) {
    if (auto* const member = membership()) return member->add(std::move(jobs));
    throw Error(ErrorCode::conflict,
                "the job belongs to no workflow, so nothing can be added to it; enqueue the jobs "
                "or submit a workflow");
}

}  // namespace errand
