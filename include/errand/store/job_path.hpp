#pragma once

#include <errand/store/types.hpp>

#include <cstdint>
#include <memory>
#include <span>

namespace errand {

/// A worker's membership in a store, from join() until destruction. Destroying it without retire()
/// is what a crash looks like to others. The object is used by one worker; mark() is called from
/// many of its threads at once, never two of them with the same slot.
class WorkerSession {
public:
    virtual ~WorkerSession() = default;
    [[nodiscard]] virtual WorkerId id() const noexcept = 0;

    /// Notes how far the job in `slot` got. Cheap: no I/O that waits, called for every job twice.
    /// `slot` lies in [0, WorkerInfo::max_leases) and holds one lease at a time.
    virtual void mark(std::uint32_t slot, const LeaseRef& lease, RunMark mark) noexcept = 0;

    /// The worker leaves on purpose; it holds no leases any more.
    virtual void retire() = 0;
};

/// What a thread may wait for. See JobPath::wait().
enum class WakeChannel : std::uint8_t {
    work = 0,      ///< a job became available
    schedule = 1,  ///< a job got a due time
    control = 2,   ///< a cancel request, a pause
    ended = 3,     ///< a job reached an end state
    events = 4,    ///< an event was recorded, or subscriptions changed
};
inline constexpr std::size_t wake_channel_count = 5;

/// The part of a store that jobs flow through. This is a contract for those who write a store; the
/// users of jobs want errand/client.hpp and errand/worker.hpp. A store *records* transitions, the
/// engine *decides* them.
///
/// For every call of the three interfaces:
/// - **atomic**: a call happens whole or not at all, in this process's death as well.
/// - **durable**: what a call returned survives what the store's durability class promises. Of a
///   claim and a promotion only that it did not lose the job: a loss of power may undo them, and
///   all who acted on them are gone with it. A lease_seq that was given out is not given out again.
/// - **fenced**: calls that carry a LeaseRef change nothing when its lease_seq is not the job's
///   present one; the item's result says so, the other items of the call still count.
/// - **time**: leases and due times are judged by now(), the store's clock, never by the caller's.
/// - **threads**: every call may be made from any thread at any time. Calls block until they are
/// done.
/// - **errors**: Error with store_unavailable means that the outcome is unknown. insert, settle and
///   heartbeat may be repeated as they were; a claim whose answer was lost is rescued in time.
///   Implementations handle contention (busy, deadlock, serialization) themselves.
/// - **order**: results stand in the order of the items. Batches hold at most Limits::batch items.
/// The suite in tests/conformance proves all of this for each store.
class JobPath {
public:
    virtual ~JobPath() = default;

    /// The store's clock.
    [[nodiscard]] virtual Timestamp now() = 0;

    /// Adds jobs, all or none. Each has an id and has passed core validation. A job whose run_at or
    /// delay lies ahead starts as scheduled, any other as available. Repeating a call adds nothing.
    /// A job whose unique key is held by another one is not added; what becomes of the holder says
    /// OnConflict, and the holder counts it. PostgreSQL will keep holders in a table with the key
    /// as its primary key (INSERT … ON CONFLICT), Redis in a hash within the inserting script.
    /// Each gets its place in the queue by the queue's settings (core/place.hpp): its rank and its
    /// position within the rank. A job with a key whose turns are all taken is available but
    /// blocked: nobody sees it in a claim until a turn becomes free, which happens in the call that
    /// ends a job which has one. PostgreSQL will keep turns in a table with the key as its primary
    /// key and admit the next in the statement that ends the one before (a data-modifying WITH);
    /// Redis a sorted set per key in the same script as the end.
    [[nodiscard]] virtual std::vector<InsertResult> insert(std::span<const NewJob> jobs) = 0;

    /// Makes a worker known; its death is noticed through the session.
    [[nodiscard]] virtual std::unique_ptr<WorkerSession> join(const WorkerInfo& info) = 0;

    /// Leases available jobs of no paused scope: per queue by higher rank, then the lower place,
    /// then order of insertion. attempt and lease_seq of each rise by one. Empty: nothing is
    /// available for this request. A unique key that is held while waiting is free from here on.
    /// What other calls make available while this one is under way may be left to the next.
    /// Limits are decided here. Jobs that share queue, type and the scopes that hold them form a
    /// lane; at the first job of a lane that a limit does not allow, the lane ends for this call,
    /// and jobs of other lanes go on. What a rate closes wakes WakeChannel::work when it opens
    /// again (promote_due sees to that), what concurrency closes when a lease of its scope ends.
    /// PostgreSQL will keep lanes and limits as rows, lock the limits' rows in the claiming
    /// statement and count leases by lane; Redis a list of lanes and a hash per limit in the
    /// claiming script.
    [[nodiscard]] virtual std::vector<Lease> claim(const ClaimRequest& request) = 0;

    /// Ends leases: the one way out of active, also for crashed workers. An accepted cancel request
    /// turns every settlement that follows it into cancelled (a result is kept all the same).
    /// A job that goes back to available or waits again keeps its place in the queue.
    /// One that waits for a signal which has come already does not wait: see Settlement::signal.
    /// Limits learn from it here: a breaker counts failures, and slow_down closes a rate.
    [[nodiscard]] virtual std::vector<SettleResult> settle(std::span<const Settlement> items) = 0;

    /// Renews leases, and carries progress and logs. Writes nothing where nothing is to be written.
    [[nodiscard]] virtual std::vector<HeartbeatResult> heartbeat(
        std::span<const Heartbeat> items) = 0;

    /// Hands leases that ran out, and those of workers known to be dead, to `worker` under a new
    /// lease_seq for `lease`; at most `max`. The caller settles each. Looks at all leases, however
    /// many are in good order, and never writes to one of those.
    [[nodiscard]] virtual std::vector<TakenLease> take_over_expired(WorkerId worker,
                                                                    std::uint32_t max,
                                                                    Duration lease) = 0;

    /// Makes scheduled and retryable jobs that are due available, earliest first, at most `max`; a
    /// job with a key that has no turn yet gets one or is blocked. Also opens limits whose rate
    /// allows jobs again: `next_due` counts them in.
    [[nodiscard]] virtual Promotion promote_due(std::uint32_t max) = 0;

    /// The value kept under (job, key) by an earlier record_effect, also of earlier attempts.
    [[nodiscard]] virtual std::optional<std::string> find_effect(const JobId& id,
                                                                 std::string_view key) = 0;
    /// Keeps `value` (JSON) under (job, key). False: lease_lost, nothing changed.
    [[nodiscard]] virtual bool record_effect(const LeaseRef& lease, std::string_view key,
                                             std::string_view value, EffectWrite write) = 0;

    /// The channel's present generation, to be taken *before* looking for work.
    [[nodiscard]] virtual std::uint32_t generation(WakeChannel channel) noexcept = 0;
    /// Waits until the generation differs from `seen` or `timeout` has passed; returns the present
    /// one. No wake-up is lost between generation() and wait(). It may wake early, without a
    /// reason.
    virtual std::uint32_t wait(WakeChannel channel, std::uint32_t seen, Duration timeout) = 0;
    /// Wakes the waiters of a channel in all processes: for stopping a thread, and after the commit
    /// of a caller's own transaction that enqueued jobs.
    virtual void wake(WakeChannel channel) noexcept = 0;
};

}  // namespace errand
