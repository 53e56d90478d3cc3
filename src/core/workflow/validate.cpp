#include "core/workflow/validate.hpp"

#include "base/text.hpp"
#include "core/validate.hpp"
#include "core/workflow/graph.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <string>

namespace errand::core {
namespace {

[[noreturn]] void refuse(const std::string& reason) {
    throw Error(ErrorCode::invalid_argument, reason);
}

void check_name(std::string_view name) {
    if (name.size() > max_workflow_name_bytes) {
        refuse(fmt::format("name: {} has {} bytes; use at most {}", base::quote_for_message(name),
                           name.size(), max_workflow_name_bytes));
    }
    if (!base::is_valid_utf8(name) || name.find('\0') != name.npos) {
        refuse(fmt::format("name: {} is not UTF-8 without NUL; write it so",
                           base::quote_for_message(name)));
    }
}

/// `of` is put before what is wrong with the job.
void validate_job(std::string_view of, NewJob& job, const Limits& limits) {
    try {
        validate(job, limits);
    } catch (const Error& error) {
        throw Error(error.code(), fmt::format("{}: {}", of, error.what()));
    }
}

void validate_callback(std::string_view name, std::optional<NewJob>& job, const Limits& limits) {
    if (job) validate_job(name, *job, limits);
}

}  // namespace

void check_workflow_job(const WorkflowJob& job) {
    validate_name("jobs: the name", job.name);
    if (job.job.unique_key.empty()) return;
    refuse(
        fmt::format("job {}: unique_key is not possible within a workflow, as jobs after it "
                    "would wait for one that was not added; give the workflow an id instead",
                    job.name));
}

void check_workflow_size(std::size_t jobs, std::size_t edges) {
    if (jobs > max_workflow_jobs) {
        throw Error(ErrorCode::limit_exceeded,
                    fmt::format("jobs: {} in one workflow, at most {} are possible; let each do "
                                "more, or submit several workflows",
                                jobs, max_workflow_jobs));
    }
    if (edges > max_workflow_edges) {
        throw Error(ErrorCode::limit_exceeded,
                    fmt::format("after: {} parents in one workflow, at most {} are possible; put a "
                                "job between the many and the many",
                                edges, max_workflow_edges));
    }
}

void check_callbacks(const WorkflowCallbacks& callbacks) {
    for (const auto* job : {&callbacks.on_success, &callbacks.on_failure, &callbacks.on_complete}) {
        if (!*job || (*job)->unique_key.empty()) continue;
        refuse("callbacks: unique_key is not possible, as each is made once anyway; leave it out");
    }
}

void validate(std::span<WorkflowJob> jobs, const Limits& limits) {
    for (WorkflowJob& job : jobs) {
        check_workflow_job(job);
        validate_job("job " + job.name, job.job, limits);
    }
    check_workflow_size(jobs.size(), 0);
    static_cast<void>(make_graph(jobs));
}

void validate(NewWorkflow& workflow, const Limits& limits) {
    check_name(workflow.name);
    if (workflow.jobs.empty()) refuse("jobs: there are none; give at least one");
    validate(std::span{workflow.jobs}, limits);
    const JobGraph graph = make_graph(workflow.jobs);
    for (const OuterEdge& edge : graph.outer)
        refuse_unknown_parent(workflow.jobs[edge.child].name, edge.parent);
    validate_callback("on_success", workflow.callbacks.on_success, limits);
    validate_callback("on_failure", workflow.callbacks.on_failure, limits);
    validate_callback("on_complete", workflow.callbacks.on_complete, limits);
    check_callbacks(workflow.callbacks);
}

}  // namespace errand::core
