#include <errand/workflow_document.hpp>

#include "core/workflow/validate.hpp"
#include "core/workflow_document/forms.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace errand {

NewWorkflow parse_workflow(std::string_view json, const Limits& limits) {
    if (json.size() > max_workflow_document_bytes) {
        throw Error(ErrorCode::limit_exceeded,
                    fmt::format("the document has {} bytes, at most {} are possible; split it",
                                json.size(), max_workflow_document_bytes));
    }
    constexpr std::string_view remedy =
        R"(write {"name": "clip", "jobs": {"encode": {"type": "video.encode"}}})";
    const auto members = core::json_members(json, remedy);
    const bool is_ojs =
        std::ranges::find(members, "type", &core::JsonMember::name) != members.end();
    auto workflow = is_ojs ? core::read_ojs_document(members, limits)
                           : core::read_dag_document(members, limits);
    core::validate(workflow, limits);
    return workflow;
}

}  // namespace errand
