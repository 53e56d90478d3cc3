#include <errand/event.hpp>

#include <algorithm>
#include <array>

namespace errand {

namespace {

struct Name {
    EventKind kind;
    std::string_view text;
};

constexpr auto names = std::to_array<Name>({
    {EventKind::job_enqueued, "job.enqueued"},
    {EventKind::job_started, "job.started"},
    {EventKind::job_progress, "job.progress"},
    {EventKind::job_retrying, "job.retrying"},
    {EventKind::job_snoozed, "job.snoozed"},
    {EventKind::job_completed, "job.completed"},
    {EventKind::job_discarded, "job.discarded"},
    {EventKind::job_cancelled, "job.cancelled"},
    {EventKind::job_rescued, "job.rescued"},
    {EventKind::job_retried, "job.retried"},
    {EventKind::workflow_started, "workflow.started"},
    {EventKind::workflow_ended, "workflow.ended"},
    {EventKind::schedule_fired, "schedule.fired"},
    {EventKind::schedule_changed, "schedule.changed"},
    {EventKind::queue_paused, "queue.paused"},
    {EventKind::queue_resumed, "queue.resumed"},
    {EventKind::worker_joined, "worker.joined"},
    {EventKind::worker_left, "worker.left"},
    {EventKind::worker_died, "worker.died"},
});

}  // namespace

std::string_view to_string(EventKind kind) noexcept {
    const auto* const found = std::ranges::find(names, kind, &Name::kind);
    return found == names.end() ? std::string_view{"unknown"} : found->text;
}

std::optional<EventKind> parse_event_kind(std::string_view text) noexcept {
    const auto* const found = std::ranges::find(names, text, &Name::text);
    if (found == names.end()) return std::nullopt;
    return found->kind;
}

}  // namespace errand
