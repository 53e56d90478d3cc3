#include "client/workflow_json.hpp"

#include "client/json_writer.hpp"
#include "client/progress_json.hpp"
#include "core/job_text.hpp"

namespace errand {
namespace {

using client::array_of;
using client::null_text;
using client::ObjectWriter;
using client::time_or_null;

std::string counts_json(const WorkflowCounts& counts) {
    return ObjectWriter{}
        .number("pending", counts.pending)
        .number("released", counts.released)
        .number("completed", counts.completed)
        .number("failed", counts.failed)
        .number("skipped", counts.skipped)
        .finish();
}

std::string callback_json(const std::optional<NewJob>& job) {
    return job ? core::new_job_text(*job) : std::string{null_text};
}

std::string callbacks_json(const WorkflowCallbacks& callbacks) {
    return ObjectWriter{}
        .raw("on_success", callback_json(callbacks.on_success))
        .raw("on_failure", callback_json(callbacks.on_failure))
        .raw("on_complete", callback_json(callbacks.on_complete))
        .finish();
}

std::string edge_json(const Dependency& edge) {
    return ObjectWriter{}
        .text("job", edge.parent)
        .text("on_failure", to_string(edge.on_failure))
        .finish();
}

std::string document(const WorkflowView& view, const std::vector<WorkflowJobView>* jobs) {
    ObjectWriter object;
    object.text("id", to_string(view.id))
        .text("name", view.name)
        .text("state", to_string(view.state))
        .boolean("cancel_requested", view.cancel_requested)
        .number("run", view.run)
        .raw("progress", ObjectWriter{}
                             .number("current", view.counts.ended())
                             .number("total", view.counts.total())
                             .finish())
        .raw("counts", counts_json(view.counts))
        .text("created_at", format_timestamp(view.created_at))
        .raw("finished_at", time_or_null(view.finished_at));
    if (jobs != nullptr) {
        object.raw("jobs",
                   array_of(*jobs, [](const WorkflowJobView& job) { return to_json_text(job); }));
    }
    return object.raw("callbacks", callbacks_json(view.callbacks)).finish();
}

}  // namespace

std::string to_json_text(const WorkflowView& view) {
    return document(view, nullptr);
}

std::string to_json_text(const WorkflowView& view, const std::vector<WorkflowJobView>& jobs) {
    return document(view, &jobs);
}

std::string to_json_text(const WorkflowJobView& job) {
    return ObjectWriter{}
        .text("name", job.name)
        .text("id", to_string(job.id))
        .text("type", job.type)
        .text("queue", job.queue)
        .text("state", to_string(job.state))
        .boolean("skipped", job.skipped)
        .raw("after", array_of(job.after, edge_json))
        .raw("progress", client::progress_json(job.progress))
        .finish();
}

}  // namespace errand
