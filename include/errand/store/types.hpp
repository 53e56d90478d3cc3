#pragma once

#include <errand/job.hpp>
#include <errand/limit.hpp>
#include <errand/queue_settings.hpp>

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

// The plain data that passes through the store contract (job_path.hpp, inspection.hpp,
// administration.hpp). No behaviour lives here.

namespace errand {

/// A worker's right to one job. `lease_seq` is the fence: +1 at every claim of the job, never
/// reused. Every change of an active job carries it, and a stale one changes nothing. A job that
/// was removed and inserted anew under its old id is another job: leases of the first one stay
/// stale.
struct LeaseRef {
    JobId id;
    std::uint64_t lease_seq = 0;
    /// The store's own handle, as the claim gave it; never reused for another job. 0 when unknown:
    /// then the fence is `lease_seq` alone, which cannot tell such a namesake.
    std::int64_t row = 0;
};

/// Names one joined worker of a store; never reused.
enum class WorkerId : std::int64_t {};

/// Who joins: shown to people, and kept with errors.
struct WorkerInfo {
    std::string name;  ///< unique among live workers, for example "web1:4312:1"
    std::string host;
    std::int64_t pid = 0;
    std::string queues;       ///< for people: "mail:4 default:8"
    std::uint32_t slots = 1;  ///< handlers that may run at once
    std::uint32_t max_leases =
        1;  ///< leases held at once, prefetched ones included; at most 65,536
    std::vector<std::string> types{};   ///< that it has handlers for, sorted
    std::vector<std::string> labels{};  ///< that it has, sorted
};

/// How far a leased job got in its worker; what a rescuer wants to know after a crash.
enum class RunMark : std::uint8_t {
    claimed = 0,   ///< prefetched: its handler has not begun
    started = 1,   ///< its handler is running: the suspect when the worker dies
    finished = 2,  ///< its handler returned, the outcome is not settled yet
    unknown = 3,   ///< lost with the machine, or the store cannot tell
};

/// A claimed job with all that is needed to run it.
struct Lease {
    LeaseRef ref;
    std::string type;
    std::string queue;
    std::string args;
    std::string meta;
    std::uint32_t attempt = 0;  ///< this attempt's number, from 1
    std::uint32_t max_attempts = 0;
    std::uint32_t crashes = 0;        ///< before this attempt
    std::uint32_t interruptions = 0;  ///< before this attempt
    std::optional<RetryPolicy> retry;
    std::optional<Duration> timeout;
    std::int32_t priority = 0;
    std::string key;
    std::optional<Timestamp> expires_at;  ///< passed: the job is to be discarded, not begun
    Timestamp scheduled_at{};
    bool in_workflow = false;  ///< it belongs to a workflow: see Workflows::parent_results()
    Timestamp claimed_at{};    ///< store time
    Timestamp lease_until{};   ///< store time
};

/// A lease taken from its dead or silent worker, under a new lease_seq, for the caller to settle.
struct TakenLease {
    Lease lease;  ///< `attempt` is that of the lost attempt
    RunMark mark =
        RunMark::unknown;      ///< how far it got: under its worker, or an earlier one that lost it
    bool worker_died = false;  ///< false: the lease ran out under a worker still there
    std::string worker;        ///< name and host of the worker that lost it
    std::string host;
};

/// How many jobs of one queue are wanted.
struct QueueDemand {
    std::string queue;
    std::uint32_t max_jobs = 0;
};

struct ClaimRequest {
    WorkerId worker{};
    std::vector<QueueDemand> queues;  ///< served in this order
    std::vector<std::string> types;   ///< only these are claimed; empty claims nothing
    Duration lease = std::chrono::seconds{15};
    /// Jobs that need any other label are not claimed.
    std::vector<std::string> labels{};
};

/// What one NewJob came to.
struct InsertResult {
    enum class Kind : std::uint8_t {
        inserted,       ///< a new job
        already_there,  ///< this id was inserted before: a repeated call, nothing changed
        duplicate,      ///< another job holds the unique key; nothing was added or changed
        replaced,       ///< another job holds the unique key and took over what OnConflict says
    };
    Kind kind = Kind::inserted;
    JobId
        id;  ///< of the job that now stands for the request: the new one, or the holder of the key
};

/// What an attempt tells about the system that the job works with; see Breaker.
enum class TargetHealth : std::uint8_t {
    unknown = 0,  ///< nothing: snoozed, given back, discarded for what the job itself is
    good = 1,     ///< it completed
    bad = 2,      ///< it failed, timed out or crashed
};

/// How an attempt ended. The engine decides it (core/decide.hpp), the store records it.
struct Settlement {
    LeaseRef lease;
    /// available: given back at once; scheduled, retryable: due again after `delay`; or an end
    /// state.
    JobState to = JobState::completed;
    Duration delay{};           ///< counted by the store's clock from the settlement
    bool uses_attempt = true;   ///< false: the attempt is given back (snooze, release, crash)
    bool counts_crash = false;  ///< crashes + 1
    bool counts_interruption = false;  ///< interruptions + 1
    std::string result;                ///< JSON; kept when `to` is completed; empty: none
    std::optional<JobError> error;     ///< appended to the job's errors
    std::optional<std::string>
        log;  ///< the whole log of the attempt, replacing what was kept of it
    TargetHealth target = TargetHealth::unknown;
    /// scheduled only: the job waits for this signal, `delay` at the longest; empty: for its time
    /// alone. A signal that came earlier, also before the settlement, makes it available at once.
    /// Up to 128 bytes, like a queue's name.
    std::string signal{};
    /// The limit with a rate that holds the job closes for so long; of several the one with the
    /// narrowest scope (key, type, queue, global).
    std::optional<Duration> slow_down{};
};

enum class SettleResult : std::uint8_t {
    ok,               ///< recorded
    recorded_cancel,  ///< recorded, but as cancelled: a cancel request had been accepted before
    lease_lost,       ///< somebody else owns the job now; nothing changed
    already_settled,  ///< this very lease was settled before; nothing changed
};

/// What record_effect does where there is a value already.
enum class EffectWrite : std::uint8_t {
    first_stays,  ///< a step: done once
    replace,      ///< a cursor: the newest counts
};

/// What became of a signal.
enum class SignalResult : std::uint8_t {
    delivered,      ///< the job waited for it and is available now
    kept,           ///< the job does not wait for it yet, and will find it
    already_there,  ///< one of this name came before; the first one stays
    ended,          ///< the job has ended; nothing changed
    not_found,
};

/// Sign of life for one lease.
struct Heartbeat {
    LeaseRef lease;
    std::optional<Duration> extend;    ///< new length from now, by store time; none: leave it
    std::optional<Progress> progress;  ///< replaces the progress kept
    std::optional<std::string>
        log;  ///< the whole log of the attempt so far, replacing what was kept
};

enum class HeartbeatResult : std::uint8_t {
    ok,
    lease_lost,        ///< stop the handler; nothing changed
    cancel_requested,  ///< applied; and the handler is to be asked to stop
};

/// What promoting did, and when to look again.
struct Promotion {
    std::uint32_t promoted = 0;
    std::optional<Timestamp>
        next_due;  ///< earliest job still waiting for its time; none: no such job
};

/// Which jobs. All given conditions must hold; the empty filter is every job.
struct JobFilter {
    std::vector<JobState> states{};  ///< any of them; empty: all
    std::string type{};              ///< exact; empty: all
    std::string queue{};
    std::string tag{};
};

/// Newest first by order of insertion.
struct JobPage {
    std::vector<Job> jobs;
    std::string next_cursor;  ///< opaque; give it back for the next page; empty: that was the last
};

struct QueueStats {
    std::uint64_t available = 0, scheduled = 0, retryable = 0, active = 0, pending = 0;
    std::optional<Duration> oldest_available;  ///< since it was due; none: nothing available
    std::uint64_t late = 0;                    ///< available for longer than QueueSettings::max_age
    bool paused = false;
};

struct StoreStats {
    std::map<JobState, std::uint64_t> states;  ///< all eight, zeros included
    std::map<std::string, QueueStats>
        queues;                    ///< every queue that has unfinished jobs or is paused
    std::uint64_t suppressed = 0;  ///< enqueues that unique keys kept out, ever
};

struct WorkerView {
    WorkerId id{};
    WorkerInfo info;
    Timestamp joined_at{};
    std::uint32_t leases = 0;
    bool alive = true;
};

/// How long jobs are kept after their end. Zero: pruned at once.
struct Retention {
    Duration completed = std::chrono::days{1};
    Duration cancelled = std::chrono::days{7};
    Duration discarded = std::chrono::days{90};
};

/// What an operator's call did for one id.
enum class ControlResult : std::uint8_t {
    done,
    requested,  ///< cancel of an active job: its handler is being asked to stop
    refused,    ///< the job's state does not allow it; nothing changed
    not_found,
};

/// One finding of a store's self-check.
struct CheckFinding {
    bool ok = true;
    std::string what;    ///< "integrity", "schema version", …
    std::string detail;  ///< what was seen, and for a bad finding what to do
};

}  // namespace errand
