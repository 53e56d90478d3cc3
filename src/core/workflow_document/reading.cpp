#include "core/workflow_document/reading.hpp"

#include "core/job_members.hpp"
#include "core/json_values.hpp"
#include "core/validate.hpp"

namespace errand::core {

NewJob read_document_job(std::string_view json, const Limits& limits) {
    NewJob job;
    for (const JsonMember& member :
         json_members(json, R"(write a job like {"type": "video.encode", "args": []})")) {
        if (!read_job_member(job, member)) refuse_unknown(member.name, job_member_names());
    }
    validate(job, limits);
    return job;
}

std::optional<NewJob>* callback_of(WorkflowCallbacks& callbacks, std::string_view name) {
    if (name == "on_success") return &callbacks.on_success;
    if (name == "on_failure") return &callbacks.on_failure;
    if (name == "on_complete") return &callbacks.on_complete;
    return nullptr;
}

bool read_workflow_member(NewWorkflow& workflow, const JsonMember& member) {
    if (member.name != "name" && member.name != "id") return false;
    if (member.value == "null") return true;
    at_place(member.name, [&] {
        constexpr std::string_view example = "0190a0b0-0000-7000-8000-000000000001";
        const auto text = text_of(member, member.name == "id" ? example : "clip 17");
        if (member.name == "name") {
            workflow.name = text;
            return;
        }
        const auto id = WorkflowId::parse(text);
        if (!id) throw Error(ErrorCode::invalid_argument, "must be a UUID of 36 characters");
        workflow.id = *id;
    });
    return true;
}

}  // namespace errand::core
