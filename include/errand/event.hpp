#pragma once

#include <errand/job.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace errand {

/// What happened. Texts: "job.enqueued", "job.started" …, "workflow.ended", "queue.paused" ….
enum class EventKind : std::uint8_t {
    job_enqueued = 1,
    job_started = 2,   ///< it was leased by a worker
    job_progress = 3,  ///< at most 10 per second and job
    job_retrying = 4,  ///< an attempt failed; another one comes
    job_snoozed = 5,   ///< it waits again, no attempt used: snoozed, given back, for a signal
    job_completed = 6,
    job_discarded = 7,
    job_cancelled = 8,
    job_rescued = 9,   ///< taken over from a worker that died or was silent
    job_retried = 10,  ///< by an operator
    workflow_started = 20,
    workflow_ended = 21,  ///< its state is in data
    schedule_fired = 30,
    schedule_changed = 31,  ///< declared, armed, paused, removed
    queue_paused = 40,      ///< or another scope
    queue_resumed = 41,
    worker_joined = 50,
    worker_left = 51,
    worker_died = 52,
};
[[nodiscard]] std::string_view to_string(EventKind kind) noexcept;
[[nodiscard]] std::optional<EventKind> parse_event_kind(std::string_view text) noexcept;

/// Something that happened in a store, told after it was committed.
struct Event {
    std::uint64_t seq = 0;  ///< order in which the store recorded it; never reused
    EventKind kind = EventKind::job_enqueued;
    Timestamp at{};       ///< store time
    std::string subject;  ///< the job's or workflow's id, the schedule's, scope's or worker's name
    std::string type;     ///< of a job, else empty
    std::string queue;    ///< of a job, else empty
    /// JSON object of one line with what else is known of this kind: "attempt", "state", "worker",
    /// "progress", "error" {kind, type, message}, "due_at", "by". Never args, meta or results.
    std::string data;
    bool operator==(const Event&) const = default;
};

/// Which events. All given conditions must hold; the empty filter is every event.
struct EventFilter {
    std::vector<EventKind> kinds{};  ///< any of them; empty: all
    std::optional<JobId> job{};      ///< of this job only
    std::string type{};              ///< jobs of this type only
    std::string queue{};             ///< jobs of this queue only
    bool operator==(const EventFilter&) const = default;
};

}  // namespace errand
