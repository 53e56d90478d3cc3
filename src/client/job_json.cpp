#include "client/job_json.hpp"

#include "base/text.hpp"
#include "client/json_writer.hpp"
#include "client/progress_json.hpp"

#include <errand/time.hpp>

#include <fmt/format.h>

#include <string_view>

namespace errand {
namespace {

using client::array_of;
using client::null_text;
using client::ObjectWriter;
using client::progress_json;
using client::quoted_or_null;
using client::raw_or_null;
using client::time_or_null;

std::string error_json(const JobError& error) {
    return ObjectWriter{}
        .number("attempt", error.attempt)
        .text("at", format_timestamp(error.at))
        .text("type", error.type)
        .text("message", error.message)
        .text("worker", error.worker)
        .text("host", error.host)
        .raw("backtrace", quoted_or_null(error.backtrace))
        .text("kind", to_string(error.kind))
        .finish();
}

/// The workflow that the job belongs to, and the job's name there.
std::string workflow_json(const Job& job) {
    if (!job.workflow) return std::string{null_text};
    return ObjectWriter{}
        .text("id", to_string(*job.workflow))
        .text("name", job.workflow_job)
        .finish();
}

std::string queue_json(const QueueStats& queue) {
    using Milliseconds = std::chrono::milliseconds;
    const auto oldest = queue.oldest_available;
    return ObjectWriter{}
        .number("available", queue.available)
        .number("scheduled", queue.scheduled)
        .number("retryable", queue.retryable)
        .number("active", queue.active)
        .number("pending", queue.pending)
        .raw("oldest_available_ms",
             oldest ? std::to_string(std::chrono::duration_cast<Milliseconds>(*oldest).count())
                    : std::string{null_text})
        .number("late", queue.late)
        .boolean("paused", queue.paused)
        .finish();
}

std::uint64_t count_of(const StoreStats& stats, JobState state) {
    const auto found = stats.states.find(state);
    return found == stats.states.end() ? 0 : found->second;
}

std::string success_rate(std::uint64_t completed, std::uint64_t discarded) {
    const auto ended = completed + discarded;
    if (ended == 0) return std::string{null_text};
    return fmt::format("{:.6}", static_cast<double>(completed) / static_cast<double>(ended));
}

}  // namespace

std::string to_json_text(const Job& job) {
    const bool unique = !job.unique_key.empty();
    return ObjectWriter{}
        .text("id", to_string(job.id))
        .text("type", job.type)
        .text("queue", job.queue)
        .raw("args", raw_or_null(job.args))
        .raw("meta", raw_or_null(job.meta))
        .raw("tags", array_of(job.tags, base::json_string))
        .text("state", to_string(job.state))
        .text("status", to_string(status_of(job.state)))
        .boolean("blocked", job.blocked)
        .raw("awaits_signal", quoted_or_null(job.awaits_signal))
        .number("priority", job.priority)
        .number("attempt", job.attempt)
        .number("max_attempts", job.max_attempts)
        .raw("retry", job.retry ? base::json_string(to_string(*job.retry)) : std::string{null_text})
        .raw("timeout", job.timeout ? base::json_string(format_duration(*job.timeout))
                                    : std::string{null_text})
        .raw("unique_key", quoted_or_null(job.unique_key))
        .raw("unique_for",
             unique ? base::json_string(unique_for_text(job.unique)) : std::string{null_text})
        .raw("on_conflict",
             unique ? base::json_string(to_string(job.unique.on_conflict)) : std::string{null_text})
        .number("suppressed", job.suppressed)
        .raw("key", quoted_or_null(job.key))
        .number("weight", job.weight)
        .raw("needs", array_of(job.needs, base::json_string))
        .text("created_at", format_timestamp(job.created_at))
        .text("scheduled_at", format_timestamp(job.scheduled_at))
        .raw("started_at", time_or_null(job.started_at))
        .raw("finished_at", time_or_null(job.finished_at))
        .raw("expires_at", time_or_null(job.expires_at))
        .raw("worker", quoted_or_null(job.worker))
        .number("lease_seq", job.lease_seq)
        .raw("progress", progress_json(job.progress))
        .raw("result", raw_or_null(job.result))
        .raw("errors", array_of(job.errors, error_json))
        .raw("workflow", workflow_json(job))
        .finish();
}

std::string to_json_text(const AttemptLog& log) {
    return ObjectWriter{}
        .number("attempt", log.attempt)
        .number("lease_seq", log.lease_seq)
        .text("text", log.text)
        .finish();
}

std::string to_json_text(const StoreStats& stats) {
    ObjectWriter states;
    for (const auto state : all_job_states)
        states.number(to_string(state), count_of(stats, state));
    ObjectWriter queues;  // names are validated: nothing in them needs escaping
    for (const auto& [name, queue] : stats.queues)
        queues.raw(name, queue_json(queue));
    const auto completed = count_of(stats, JobState::completed);
    const auto discarded = count_of(stats, JobState::discarded);
    return ObjectWriter{}
        .raw("states", states.finish())
        .raw("queues", queues.finish())
        .raw("success_rate", success_rate(completed, discarded))
        .number("failed", count_of(stats, JobState::retryable) + discarded)
        .number("discarded", discarded)
        .number("suppressed", stats.suppressed)
        .finish();
}

std::string to_json_text(const SuppressedView& view) {
    return ObjectWriter{}
        .text("job", to_string(view.job))
        .text("unique_key", view.unique_key)
        .number("count", view.count)
        .text("last_at", format_timestamp(view.last_at))
        .finish();
}

std::string to_json_text(const WorkerView& worker) {
    return ObjectWriter{}
        .number("id", static_cast<std::int64_t>(worker.id))
        .text("name", worker.info.name)
        .text("host", worker.info.host)
        .number("pid", worker.info.pid)
        .text("queues", worker.info.queues)
        .raw("types", array_of(worker.info.types, base::json_string))
        .raw("labels", array_of(worker.info.labels, base::json_string))
        .number("slots", worker.info.slots)
        .number("max_leases", worker.info.max_leases)
        .text("joined_at", format_timestamp(worker.joined_at))
        .number("leases", worker.leases)
        .boolean("alive", worker.alive)
        .finish();
}

}  // namespace errand
