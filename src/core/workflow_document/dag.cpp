#include "core/job_members.hpp"
#include "core/json_values.hpp"
#include "core/validate.hpp"
#include "core/workflow_document/forms.hpp"
#include "core/workflow_document/reading.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <array>

namespace errand::core {
namespace {

constexpr std::string_view after_form =
    R"(write "after": "encode", or ["encode", {"job": "scan", "on_failure": "ignore"}])";

OnFailure policy_of(const JsonMember& member) {
    const auto text = text_of(member, "continue");
    if (const auto policy = parse_on_failure(text)) return *policy;
    throw Error(ErrorCode::invalid_argument,
                fmt::format("{} is none of fail, continue, ignore", base::quote_for_message(text)));
}

/// An edge as its document has it: one without a policy takes that of its job.
struct Edge {
    std::string parent;
    std::optional<OnFailure> on_failure{};
};

Edge edge_object(std::string_view json) {
    Edge edge;
    for (const JsonMember& member : json_members(json, after_form)) {
        constexpr std::array<std::string_view, 2> known{"job", "on_failure"};
        require_known(member.name, known);
        at_place(member.name, [&] {
            if (member.name == "job") {
                edge.parent = text_of(member, "encode");
            } else {
                edge.on_failure = policy_of(member);
            }
        });
    }
    if (edge.parent.empty()) {
        throw Error(ErrorCode::invalid_argument, fmt::format("a job is missing; {}", after_form));
    }
    return edge;
}

Edge edge_of(std::string_view json) {
    if (json.starts_with('{')) return edge_object(json);
    if (json.starts_with('"')) return {text_of({"after", json}, "encode")};
    throw Error(ErrorCode::invalid_argument,
                fmt::format("{} is neither a name nor an object; {}", base::quote_for_message(json),
                            after_form));
}

std::vector<Edge> edges_of(std::string_view json) {
    if (!json.starts_with('[')) return {edge_of(json)};
    std::vector<Edge> edges;
    for (const auto element : json_elements(json, after_form))
        edges.push_back(edge_of(element));
    return edges;
}

WorkflowJob read_job(const JsonMember& entry, const Limits& limits) {
    WorkflowJob result;
    result.name = entry.name;
    std::vector<Edge> edges;
    auto policy = OnFailure::fail;
    auto known = job_member_names();
    known.insert(known.end(), {"after", "on_failure"});
    for (const JsonMember& member :
         json_members(entry.value, R"(write a job like {"type": "video.encode", "args": []})")) {
        if (read_job_member(result.job, member)) continue;
        require_known(member.name, known);
        if (member.value == "null") continue;
        at_place(member.name, [&] {
            if (member.name == "after") {
                edges = edges_of(member.value);
            } else {
                policy = policy_of(member);
            }
        });
    }
    validate(result.job, limits);
    for (auto& edge : edges)
        result.after.push_back({std::move(edge.parent), edge.on_failure.value_or(policy)});
    return result;
}

void read_jobs(NewWorkflow& workflow, std::string_view json, const Limits& limits) {
    for (const JsonMember& entry :
         json_members(json, R"(write "jobs": {"encode": {"type": "video.encode"}})")) {
        at_place(base::on_one_line(base::cut_end(entry.name, max_queue_bytes)),
                 [&] { workflow.jobs.push_back(read_job(entry, limits)); });
    }
}

}  // namespace

NewWorkflow read_dag_document(const std::vector<JsonMember>& members, const Limits& limits) {
    NewWorkflow workflow;
    for (const JsonMember& member : members) {
        if (read_workflow_member(workflow, member)) continue;
        const auto callback = callback_of(workflow.callbacks, member.name);
        if (member.name != "jobs" && callback == nullptr) {
            constexpr std::array<std::string_view, 7> known{
                "name", "id", "jobs", "on_success", "on_failure", "on_complete", "type"};
            refuse_unknown(member.name, known);
        }
        at_place(member.name, [&] {
            if (callback == nullptr) {
                read_jobs(workflow, member.value, limits);
            } else if (member.value != "null") {
                *callback = read_document_job(member.value, limits);
            }
        });
    }
    return workflow;
}

}  // namespace errand::core
