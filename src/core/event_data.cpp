#include "core/event_data.hpp"

#include "base/text.hpp"
#include "core/trace_context.hpp"

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include <string>

namespace errand::core {

namespace {

constexpr std::size_t most_message_bytes = 1'024;

/// The members of `data`, one after the other.
class Data {
public:
    Data& text(std::string_view name, std::string_view value) {
        return raw(name, base::json_string(value));
    }
    Data& text_if_any(std::string_view name, std::string_view value) {
        return value.empty() ? *this : text(name, value);
    }
    Data& number(std::string_view name, std::uint64_t value) {
        return raw(name, fmt::to_string(value));
    }
    Data& time(std::string_view name, Timestamp value) {
        return text(name, format_timestamp(value));
    }
    Data& flag(std::string_view name, bool value) { return raw(name, value ? "true" : "false"); }
    Data& raw(std::string_view name, std::string_view json) {
        text_ += fmt::format("{}\"{}\":{}", text_.size() > 1 ? "," : "", name, json);
        return *this;
    }
    std::string finish() { return text_ + '}'; }

private:
    std::string text_ = "{";
};

Event make(EventKind kind, const EventJob& job, Data& data) {
    data.text_if_any("traceparent", traceparent_of(job.meta));
    return {0,
            kind,
            {},
            to_string(job.id),
            std::string{job.type},
            std::string{job.queue},
            data.finish()};
}

Event make(EventKind kind, std::string subject, Data& data) {
    return {0, kind, {}, std::move(subject), {}, {}, data.finish()};
}

std::string error_text(const JobError& error) {
    return Data{}
        .text("kind", to_string(error.kind))
        .text("type", base::to_valid_utf8(error.type))
        .text("message", base::cut_end(base::to_valid_utf8(error.message), most_message_bytes))
        .finish();
}

bool waits(JobState state) {
    return state == JobState::scheduled || state == JobState::retryable;
}

}  // namespace

EventJob event_job(const NewJob& job) {
    return {job.id, job.type, job.queue, job.meta, 0};
}

EventJob event_job(const Lease& lease) {
    return {lease.ref.id, lease.type, lease.queue, lease.meta, lease.attempt};
}

EventJob event_job(const Job& job) {
    return {job.id, job.type, job.queue, job.meta, job.attempt};
}

Event enqueued(const EventJob& job, std::optional<Timestamp> due_at) {
    Data data;
    data.text("state", to_string(due_at ? JobState::scheduled : JobState::available));
    if (due_at) data.time("due_at", *due_at);
    return make(EventKind::job_enqueued, job, data);
}

Event enqueued_pending(const EventJob& job) {
    Data data;
    data.text("state", to_string(JobState::pending));
    return make(EventKind::job_enqueued, job, data);
}

Event started(const EventJob& job, std::string_view worker) {
    Data data;
    data.text("state", to_string(JobState::active))
        .number("attempt", job.attempt)
        .text_if_any("worker", worker);
    return make(EventKind::job_started, job, data);
}

Event progressed(const EventJob& job, const Progress& progress) {
    Data data;
    data.number("attempt", job.attempt)
        .raw("progress", Data{}
                             .number("current", progress.current)
                             .number("total", progress.total)
                             .text("message", base::to_valid_utf8(progress.message))
                             .finish());
    return make(EventKind::job_progress, job, data);
}

EventKind kind_of_settlement(JobState to) noexcept {
    switch (to) {
        case JobState::completed:
            return EventKind::job_completed;
        case JobState::discarded:
            return EventKind::job_discarded;
        case JobState::cancelled:
            return EventKind::job_cancelled;
        case JobState::retryable:
            return EventKind::job_retrying;
        default:
            return EventKind::job_snoozed;
    }
}

Event settled(const EventJob& job, const Settlement& item, JobState to, Timestamp due_at) {
    Data data;
    data.text("state", to_string(to)).number("attempt", job.attempt);
    if (item.error) data.raw("error", error_text(*item.error));
    if (waits(to)) data.time("due_at", due_at);
    if (to == JobState::scheduled) data.text_if_any("signal", item.signal);
    return make(kind_of_settlement(to), job, data);
}

Event cancelled(const EventJob& job, bool removed) {
    Data data;
    data.text("state", to_string(JobState::cancelled)).number("attempt", job.attempt);
    if (removed) data.flag("removed", true);
    return make(EventKind::job_cancelled, job, data);
}

Event rescued(const EventJob& job, std::string_view worker, bool worker_died) {
    Data data;
    data.number("attempt", job.attempt)
        .text_if_any("worker", worker)
        .flag("worker_died", worker_died);
    return make(EventKind::job_rescued, job, data);
}

Event retried(const EventJob& job, JobState to) {
    Data data;
    data.text("state", to_string(to));
    return make(EventKind::job_retried, job, data);
}

Event workflow_started(const WorkflowView& workflow) {
    Data data;
    data.text_if_any("name", workflow.name)
        .number("run", workflow.run)
        .number("jobs", workflow.counts.total());
    return make(EventKind::workflow_started, to_string(workflow.id), data);
}

Event workflow_ended(const WorkflowView& workflow) {
    Data data;
    data.text_if_any("name", workflow.name)
        .text("state", to_string(workflow.state))
        .number("run", workflow.run)
        .number("jobs", workflow.counts.total())
        .number("completed", workflow.counts.completed)
        .number("failed", workflow.counts.failed)
        .number("skipped", workflow.counts.skipped);
    return make(EventKind::workflow_ended, to_string(workflow.id), data);
}

Event fired(std::string_view schedule, FireKind kind, Timestamp tick, const JobId& job) {
    Data data;
    data.text("kind", to_string(kind)).time("tick", tick).text("job", to_string(job));
    return make(EventKind::schedule_fired, std::string{schedule}, data);
}

Event schedule_changed(std::string_view schedule, std::string_view change, std::string_view by) {
    Data data;
    data.text("change", change).text_if_any("by", by);
    return make(EventKind::schedule_changed, std::string{schedule}, data);
}

Event paused(const Scope& scope, bool is_paused, std::string_view by) {
    Data data;
    data.text_if_any("by", by);
    return make(is_paused ? EventKind::queue_paused : EventKind::queue_resumed, to_string(scope),
                data);
}

Event worker_event(EventKind kind, const WorkerInfo& worker) {
    Data data;
    data.text_if_any("host", worker.host).number("pid", static_cast<std::uint64_t>(worker.pid));
    return make(kind, worker.name, data);
}

}  // namespace errand::core
