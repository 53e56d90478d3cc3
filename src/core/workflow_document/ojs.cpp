#include "core/json_values.hpp"
#include "core/validate.hpp"
#include "core/workflow_document/forms.hpp"
#include "core/workflow_document/ojs_options.hpp"
#include "core/workflow_document/reading.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

namespace errand::core {
namespace {

constexpr std::string_view job_form =
    R"(write a job like {"name": "encode", "type": "video.encode", "args": []})";

enum class Shape : std::uint8_t { chain, group, batch };

Shape shape_of(const JsonMember& member) {
    const auto text = text_of(member, "chain");
    if (text == "chain") return Shape::chain;
    if (text == "group") return Shape::group;
    if (text == "batch") return Shape::batch;
    throw Error(ErrorCode::invalid_argument,
                fmt::format("{} is none of chain, group, batch; a graph has no type",
                            base::quote_for_message(text)));
}

/// A job of the specification; `name` gets its name where it has one.
NewJob read_job(std::string_view json, std::string* name, const Limits& limits) {
    NewJob job;
    for (const JsonMember& member : json_members(json, job_form)) {
        if (member.value == "null" && member.name != "args") continue;
        // A name is for jobs that others may speak of.
        constexpr std::array<std::string_view, 4> known{"type", "args", "options", "name"};
        require_known(member.name, std::span{known}.first(name != nullptr ? 4 : 3));
        at_place(member.name, [&] {
            if (member.name == "type") {
                job.type = text_of(member, "video.encode");
            } else if (member.name == "args") {
                job.args = std::string{member.value};
            } else if (member.name == "options") {
                apply_ojs_options(job, member.value);
            } else {
                *name = text_of(member, "encode");
            }
        });
    }
    validate(job, limits);
    return job;
}

void read_jobs(NewWorkflow& workflow, Shape shape, std::string_view json, const Limits& limits) {
    std::size_t index = 0;
    for (const auto element : json_elements(json, "write a list of jobs")) {
        at_place(fmt::format("[{}]", index), [&] {
            auto& job = workflow.jobs.emplace_back();
            job.name = fmt::format("{}-{}", shape == Shape::chain ? "step" : "job", index + 1);
            job.job = read_job(element, &job.name, limits);
            if (shape == Shape::chain && index > 0) {
                job.after.push_back({workflow.jobs[index - 1].name});
            }
        });
        ++index;
    }
}

void read_callbacks(WorkflowCallbacks& callbacks, std::string_view json, const Limits& limits) {
    for (const JsonMember& member :
         json_members(json, R"(write "callbacks": {"on_complete": {"type": "mail.report"}})")) {
        const auto callback = callback_of(callbacks, member.name);
        if (callback == nullptr) {
            constexpr std::array<std::string_view, 3> known{"on_success", "on_failure",
                                                            "on_complete"};
            refuse_unknown(member.name, known);
        }
        if (member.value == "null") continue;
        at_place(member.name, [&] { *callback = read_job(member.value, nullptr, limits); });
    }
}

}  // namespace

NewWorkflow read_ojs_document(const std::vector<JsonMember>& members, const Limits& limits) {
    const auto type = std::ranges::find(members, "type", &JsonMember::name);
    const auto shape = at_place("type", [&] { return shape_of(*type); });
    const std::string_view list = shape == Shape::chain ? "steps" : "jobs";
    NewWorkflow workflow;
    for (const JsonMember& member : members) {
        if (read_workflow_member(workflow, member) || member.name == "type") continue;
        const bool is_list = member.name == list;
        if (!is_list && member.name != "callbacks") {
            const std::array<std::string_view, 5> known{"type", "name", "id", list, "callbacks"};
            refuse_unknown(member.name, known);
        }
        if (member.value == "null") continue;
        at_place(member.name, [&] {
            if (is_list) {
                read_jobs(workflow, shape, member.value, limits);
            } else {
                read_callbacks(workflow.callbacks, member.value, limits);
            }
        });
    }
    return workflow;
}

}  // namespace errand::core
