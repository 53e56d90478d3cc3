#pragma once

#include <errand/event.hpp>
#include <errand/scope.hpp>
#include <errand/store/schedules.hpp>
#include <errand/store/types.hpp>
#include <errand/workflow.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// What stores tell about each kind of change, so that all of them tell the same.

namespace errand::core {

/// What an event says of its job, as it stood before the change.
struct EventJob {
    JobId id;
    std::string_view type;
    std::string_view queue;
    std::string_view meta;      ///< its trace context goes along
    std::uint32_t attempt = 0;  ///< attempts used, the running one included
};
[[nodiscard]] EventJob event_job(const NewJob& job);
[[nodiscard]] EventJob event_job(const Lease& lease);
[[nodiscard]] EventJob event_job(const Job& job);

/// Its seq and time are the store's to give. Each is one line of at most a few KiB.
/// `due_at`: of a job that waits for it.
[[nodiscard]] Event enqueued(const EventJob& job, std::optional<Timestamp> due_at);
/// Of a workflow's job that waits for those before it.
[[nodiscard]] Event enqueued_pending(const EventJob& job);
[[nodiscard]] Event started(const EventJob& job, std::string_view worker);
[[nodiscard]] Event progressed(const EventJob& job, const Progress& progress);
/// `to` is where the job went, which a cancel request may have changed. `due_at`: by the delay.
[[nodiscard]] Event settled(const EventJob& job, const Settlement& item, JobState to,
                            Timestamp due_at);
/// Without having been active: by an operator, or for its workflow; `removed` with all that was
/// kept of it.
[[nodiscard]] Event cancelled(const EventJob& job, bool removed = false);
/// `worker` lost it.
[[nodiscard]] Event rescued(const EventJob& job, std::string_view worker, bool worker_died);
/// `to` is where the job went: available, or pending for one that waits in its workflow again.
[[nodiscard]] Event retried(const EventJob& job, JobState to = JobState::available);

/// A run of a workflow begins: the first, before its jobs are told, or one by a retry, which tells
/// of its jobs as well.
[[nodiscard]] Event workflow_started(const WorkflowView& workflow);
/// `workflow` as it ended; before the jobs that this makes, and after the end of its last one.
[[nodiscard]] Event workflow_ended(const WorkflowView& workflow);

[[nodiscard]] Event fired(std::string_view schedule, FireKind kind, Timestamp tick,
                          const JobId& job);
/// `change`: "created", "changed", "removed", or the state that it was given.
[[nodiscard]] Event schedule_changed(std::string_view schedule, std::string_view change,
                                     std::string_view by);
[[nodiscard]] Event paused(const Scope& scope, bool is_paused, std::string_view by);
[[nodiscard]] Event worker_event(EventKind kind, const WorkerInfo& worker);

/// What a settlement to `to` is told as.
[[nodiscard]] EventKind kind_of_settlement(JobState to) noexcept;

/// The least time between two events about the progress of one job.
inline constexpr Duration progress_event_pause = std::chrono::milliseconds{100};

}  // namespace errand::core
