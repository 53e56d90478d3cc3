#pragma once

#include <errand/job.hpp>
#include <errand/schedule.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace errand {

/// A schedule as somebody declares it.
struct ScheduleDefinition {
    std::string name;  ///< like a queue's name; at most 118 bytes with the overlap policy `queue`
    ScheduleSpec spec;
    /// What each tick makes. Without id, delay, run_at, expires_at and unique key; without key when
    /// the overlap policy is `queue`, which needs it.
    NewJob job;
    std::optional<Duration> expires_in{};  ///< of each job, from when it is made
    bool require_rehearsal = false;  ///< it cannot be armed before a rehearsal of it succeeded

    bool operator==(const ScheduleDefinition&) const = default;
};

/// One JSON object of one line; equal definitions have the same text. The members of the spec (see
/// to_json_text(ScheduleSpec)) together with "name", "type", "args", "queue" and what else of the
/// job differs from its default, "expires_in", "require_rehearsal".
[[nodiscard]] std::string to_json_text(const ScheduleDefinition& definition);
/// Reads that form. Throws Error (invalid_argument) naming the member and what would be right.
[[nodiscard]] ScheduleDefinition parse_schedule_definition(std::string_view json);

enum class ScheduleState : std::uint8_t {
    draft = 1,      ///< makes nothing yet
    rehearsed = 2,  ///< makes nothing yet; a rehearsal of its present definition succeeded
    armed = 3,      ///< makes jobs
    paused = 4,     ///< makes nothing until it is armed again; ticks meanwhile are left out
};
[[nodiscard]] std::string_view to_string(ScheduleState state) noexcept;

/// A schedule as it stands now.
struct ScheduleView {
    ScheduleDefinition definition;
    ScheduleState state = ScheduleState::draft;
    std::uint64_t revision = 1;  ///< of the definition, +1 with each change
    /// Of the store's schedules as a whole, when this one's definition or state last changed.
    std::uint64_t version = 0;
    /// All ticks up to it are dealt with. Meaningful while armed.
    Timestamp last_tick{};
    Timestamp changed_at{};
    std::string changed_by{};          ///< who, as they said; may be empty
    std::optional<JobId> last_job{};   ///< that it made last, rehearsals apart; it may be pruned
    std::optional<JobId> rehearsal{};  ///< the newest rehearsal's job
    std::uint64_t rehearsal_revision = 0;  ///< the revision that it rehearsed
};

/// What put_schedule() did.
enum class ScheduleChange : std::uint8_t { created, changed, unchanged };

/// Why a schedule made a job.
enum class FireKind : std::uint8_t {
    tick = 1,
    run_now = 2,    ///< somebody asked for it
    rehearsal = 3,  ///< the job knows that it is one
    backfill = 4,   ///< a past tick that somebody asked for
};
[[nodiscard]] std::string_view to_string(FireKind kind) noexcept;

/// A tick and the job that it makes.
struct FireTick {
    Timestamp tick;
    NewJob job;  ///< with an id
};

/// What a schedule is to make, as the caller decided it from the view.
struct FireRequest {
    std::string schedule;
    std::uint64_t revision = 0;  ///< of the definition that it was decided from
    FireKind kind = FireKind::tick;
    Timestamp after{};      ///< tick: ScheduleView::last_tick that it was decided from
    Timestamp last_tick{};  ///< tick: the new one, later than `after`
    OverlapPolicy overlap = OverlapPolicy::allow;  ///< not of a rehearsal
    std::vector<FireTick> ticks{};                 ///< in order; one for run_now and rehearsal
    std::vector<SkippedTicks> skipped{};           ///< in order; for the history
};

/// What became of a FireRequest.
struct FireResult {
    enum class Kind : std::uint8_t {
        recorded,  ///< done: each tick made its job, or was skipped as the overlap policy says
        stale,     ///< somebody else dealt with ticks after `after`, or the definition changed
        unarmed,   ///< tick only: the schedule is not armed
        gone,      ///< there is no such schedule
    };
    Kind kind = Kind::recorded;
    std::uint64_t revision = 0;  ///< the present one
    Timestamp last_tick{};       ///< the present one
    std::vector<JobId> jobs{};   ///< that were made, in order of the ticks
};

/// One line of a schedule's history.
struct FireRecord {
    std::uint64_t seq = 0;  ///< order of recording within the schedule
    Timestamp at{};         ///< when it was recorded
    FireKind kind = FireKind::tick;
    std::optional<JobId> job{};  ///< that was made; none: nothing was
    Timestamp tick{};            ///< the first one, of those that were skipped together
    Timestamp last{};            ///< the last one of them
    std::uint64_t count = 1;
    bool is_counted = true;               ///< false: there were more between the two than `count`
    std::optional<SkipReason> skipped{};  ///< why nothing was made
};

/// Schedules in a store. Threads, errors and atomicity as in job_path.hpp. A schedule belongs to
/// the store, not to a process: every worker fires what is due, and the store lets each tick make
/// its job once. PostgreSQL will keep a row per schedule, lock it with the compare of
/// `last_tick` in the statement that inserts jobs and history (data-modifying WITH); Redis a hash
/// per schedule, compared in the script that inserts.
class Schedules {
public:
    /// The newest lines of history that are kept of a schedule.
    static constexpr std::uint32_t history_kept = 1'000;
    /// Most schedules of one store.
    static constexpr std::uint32_t max_schedules = 100'000;

    virtual ~Schedules() = default;

    /// Declares a schedule: a new one is a draft. A changed definition keeps the state, except that
    /// a rehearsed one and one which requires a rehearsal become drafts again; ticks that are dealt
    /// with stay so.
    /// Wakes WakeChannel::control. Throws Error: invalid_argument, limit_exceeded.
    virtual ScheduleChange put_schedule(const ScheduleDefinition& definition,
                                        std::string_view by) = 0;
    /// Its history goes, its jobs stay. False: there was none. Wakes control.
    virtual bool remove_schedule(std::string_view name) = 0;
    /// Armed: ticks count from now on, or from last_tick when that is later; arming an armed one
    /// changes nothing. Rehearsed: notes that the rehearsal of the present definition succeeded,
    /// for a draft; nothing for others. Paused. Wakes control. Throws Error: not_found; conflict
    /// with the remedy when it requires a rehearsal that did not succeed yet (its job has not
    /// completed, and none was noted); invalid_argument for draft.
    virtual void set_schedule_state(std::string_view name, ScheduleState to,
                                    std::string_view by) = 0;

    [[nodiscard]] virtual std::optional<ScheduleView> find_schedule(std::string_view name) = 0;
    /// Those whose version is above `version`, in order of version, at most `max` (1 to 10,000).
    /// Firing changes no version.
    [[nodiscard]] virtual std::vector<ScheduleView> schedules_after(std::uint64_t version,
                                                                    std::uint32_t max) = 0;

    /// Makes the jobs of ticks and notes what was skipped, each request whole or not at all, all in
    /// one call. Jobs get in as through insert(). A tick of which a job was made makes none again:
    /// kind tick by comparing `after`, backfill by the history; a backfill also leaves to an armed
    /// schedule the ticks after last_tick. Overlap is decided here, tick by tick, by
    /// ScheduleView::last_job: while it is unfinished, `skip` notes the tick as skipped,
    /// cancel_previous cancels it as Administration::cancel() would, `allow` and `queue` go on (the
    /// jobs of `queue` share a key). A job whose id is there already was made by this very request
    /// before: it is named once more and nothing else happens. A backfill of ticks that the history
    /// may have forgotten throws Error (conflict); so does a tick in the future.
    [[nodiscard]] virtual std::vector<FireResult> fire(std::span<const FireRequest> requests) = 0;

    /// Newest first, those with a seq below `before` (0: all), at most `max` (1 to 1,000). Empty
    /// for unknown names.
    [[nodiscard]] virtual std::vector<FireRecord> schedule_history(std::string_view name,
                                                                   std::uint64_t before,
                                                                   std::uint32_t max) = 0;
};

}  // namespace errand
