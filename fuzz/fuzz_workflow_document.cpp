#include "client/json_writer.hpp"
#include "core/workflow/validate.hpp"
#include "fuzz/support.hpp"

#include <errand/workflow_document.hpp>

#include <map>

// A workflow's document, in both forms. What is accepted has passed validation and has no cycle,
// and written down again as a graph it is the same workflow.

namespace errand::fuzz {
namespace {

/// Removes jobs without parents until none is left: a cycle stays.
bool has_an_order(const NewWorkflow& workflow) {
    std::map<std::string_view, std::size_t> open;
    std::map<std::string_view, std::vector<std::string_view>> children;
    std::vector<std::string_view> ready;
    for (const auto& job : workflow.jobs) {
        open[job.name] = job.after.size();
        if (job.after.empty()) ready.push_back(job.name);
        for (const auto& edge : job.after)
            children[edge.parent].push_back(job.name);
    }
    for (std::size_t next = 0; next < ready.size(); ++next) {
        for (const auto child : children[ready[next]]) {
            if (--open[child] == 0) ready.push_back(child);
        }
    }
    return ready.size() == workflow.jobs.size();
}

std::string job_text(const NewJob& job) {
    client::ObjectWriter object;
    object.text("type", job.type)
        .raw("args", job.args)
        .text("queue", job.queue)
        .raw("meta", client::raw_or_null(job.meta))
        .raw("tags", client::array_of(job.tags, base::json_string))
        .text("key", job.key)
        .number("weight", job.weight)
        .raw("needs", client::array_of(job.needs, base::json_string))
        .number("priority", job.priority)
        .number("max_attempts", job.max_attempts)
        .raw("expires_at", client::time_or_null(job.expires_at))
        .raw("scheduled_at", client::time_or_null(job.run_at));
    if (!job.id.is_nil()) object.text("id", to_string(job.id));
    if (job.retry) object.text("retry", to_string(*job.retry));
    if (job.timeout) object.text("timeout", format_duration(*job.timeout));
    if (job.delay != Duration::zero()) object.text("delay", format_duration(job.delay));
    return object.finish();
}

std::string callback_text(const std::optional<NewJob>& job) {
    return job ? job_text(*job) : "null";
}

std::string graph_text(const NewWorkflow& workflow) {
    client::ObjectWriter jobs;
    for (const auto& job : workflow.jobs) {
        auto text = job_text(job.job);
        text.pop_back();
        text += R"(,"after":)" + client::array_of(job.after, [](const Dependency& edge) {
                    return client::ObjectWriter{}
                        .text("job", edge.parent)
                        .text("on_failure", to_string(edge.on_failure))
                        .finish();
                });
        jobs.raw_name(base::json_string(job.name), text + '}');
    }
    client::ObjectWriter object;
    object.text("name", workflow.name).raw("jobs", jobs.finish());
    if (!workflow.id.is_nil()) object.text("id", to_string(workflow.id));
    return object.raw("on_success", callback_text(workflow.callbacks.on_success))
        .raw("on_failure", callback_text(workflow.callbacks.on_failure))
        .raw("on_complete", callback_text(workflow.callbacks.on_complete))
        .finish();
}

}  // namespace
}  // namespace errand::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace errand;
    Limits limits;
    limits.args_bytes = 1'000;
    limits.meta_bytes = 200;
    limits.tags = 3;
    const auto workflow =
        fuzz::parsed_by([&] { return parse_workflow(fuzz::text_of(data, size), limits); });
    if (!workflow) return 0;
    auto again = *workflow;
    core::validate(again, limits);
    fuzz::check(again == *workflow, "what was validated stays as it is");
    fuzz::check(fuzz::has_an_order(*workflow), "what was accepted has no cycle");
    const auto text = fuzz::graph_text(*workflow);
    fuzz::check(parse_workflow(text, limits) == *workflow, "written as a graph it is the same",
                text);
    return 0;
}
