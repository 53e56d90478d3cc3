#pragma once

#include <errand/job_id.hpp>
#include <errand/job_state.hpp>
#include <errand/retry.hpp>
#include <errand/time.hpp>
#include <errand/unique.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace errand {

/// What one attempt died of.
enum class FailureKind : std::uint8_t {
    error = 1,    ///< the handler threw or failed
    timeout = 2,  ///< it ran longer than allowed
    crash = 3,    ///< its worker died or lost the lease
    cancel = 4,   ///< somebody cancelled the job
};
[[nodiscard]] std::string_view to_string(FailureKind kind) noexcept;

/// How far a running handler says it is. `total` 0 means unknown.
struct Progress {
    std::uint64_t current = 0;
    std::uint64_t total = 0;
    std::string message;  ///< UTF-8, at most 255 bytes; longer text is cut
    bool operator==(const Progress&) const = default;
};

/// One failed attempt, as kept with the job (the newest `Limits::errors_kept`).
struct JobError {
    FailureKind kind = FailureKind::error;
    std::uint32_t attempt = 0;
    Timestamp at{};
    std::string type;     ///< C++ type name, "exit code 3", "signal 9", "http 500", …
    std::string message;  ///< UTF-8; cut with a mark at Limits::error_message_bytes
    std::string worker;   ///< name of the worker that ran it
    std::string host;
    std::string backtrace;  ///< empty when none was taken
    std::string log_tail;   ///< last lines that the attempt logged, at most 2 KiB
};

/// A job that is to be enqueued. Text fields are UTF-8 without NUL; JSON fields are kept byte by
/// byte.
struct NewJob {
    JobId id{};                          ///< nil: the client makes one
    std::string type{};                  ///< 1 to 255 bytes, no control characters
    std::string args = "[]";             ///< JSON array
    std::string queue = "default";       ///< [A-Za-z0-9][A-Za-z0-9._:-]{0,127}
    std::string meta{};                  ///< JSON object for hooks and people; empty: none
    std::vector<std::string> tags{};     ///< for finding jobs again
    std::int32_t priority = 0;           ///< higher runs first
    std::uint32_t max_attempts = 20;     ///< 1 to 1000
    std::optional<RetryPolicy> retry{};  ///< none: the handler's policy
    std::optional<Duration> timeout{};   ///< of one attempt; none: the handler's
    std::string unique_key{};            ///< at most one job holds it; empty: not unique
    UniquePolicy unique{};               ///< what the unique key means
    /// Jobs of one queue with the same key run one after the other, unless the queue's settings say
    /// otherwise (QueueSettings). Like unique_key, up to 127 bytes; empty: none.
    std::string key{};
    std::uint32_t weight = 1;  ///< what its beginning takes from rate limits, 1 to 1,000,000
    /// Labels that a worker must have to be given the job: "gpu". Sorted, none twice, at most 8,
    /// each like a queue's name.
    std::vector<std::string> needs{};
    std::optional<Timestamp> expires_at{};  ///< not begun by then: discarded
    Duration delay{};  ///< from now, by the store's clock; not together with run_at
    std::optional<Timestamp> run_at{};  ///< not before; a past time means now

    bool operator==(const NewJob&) const = default;
};

/// A job as it is now: what `find` and `list` give. A snapshot; it does not follow changes.
struct Job {
    JobId id;
    std::string type;
    std::string queue;
    std::string args;  ///< JSON array, byte for byte as enqueued
    std::string meta;  ///< JSON object or empty
    std::vector<std::string> tags;
    JobState state = JobState::available;
    std::int32_t priority = 0;
    std::uint32_t attempt = 0;  ///< attempts used, the running one included
    std::uint32_t max_attempts = 0;
    std::uint32_t crashes = 0;        ///< attempts that took their worker down
    std::uint32_t interruptions = 0;  ///< times given back by a stopping worker
    std::optional<RetryPolicy> retry;
    std::optional<Duration> timeout;
    std::string unique_key;
    UniquePolicy unique;
    std::uint64_t suppressed = 0;  ///< enqueues that its unique key kept out
    std::string key;
    std::uint32_t weight = 1;
    std::vector<std::string> needs;
    std::optional<Timestamp> expires_at;
    bool blocked = false;           ///< available, but waiting for its key's turn
    std::optional<JobId> workflow;  ///< that it belongs to
    std::string workflow_job;       ///< its name there; empty: none
    std::string awaits_signal;      ///< scheduled: waits for it until scheduled_at; empty: none
    Timestamp created_at{};
    Timestamp scheduled_at{};  ///< when it is or was due; for retryable jobs the next attempt
    std::optional<Timestamp> started_at;   ///< of the newest attempt
    std::optional<Timestamp> finished_at;  ///< set in the three end states
    std::string worker;                    ///< that runs it or ran it last; empty: none yet
    std::uint64_t lease_seq = 0;
    bool cancel_requested = false;  ///< active, and its handler has been asked to stop
    std::optional<Progress> progress;
    std::string result;            ///< JSON; empty: none
    std::vector<JobError> errors;  ///< oldest first
};

/// The log of one attempt.
struct AttemptLog {
    std::uint32_t attempt = 0;
    std::uint64_t lease_seq = 0;
    std::string
        text;  ///< lines; at most Limits::log_bytes, the middle cut with a mark that says so
};

}  // namespace errand
