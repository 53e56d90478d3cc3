#pragma once

#include <errand/store/schedules.hpp>

#include <optional>
#include <vector>

// What stores decide about a schedule besides keeping it. Pure.

namespace errand::core {

/// Where a schedule stands, as far as firing and arming ask.
struct ScheduleStanding {
    ScheduleState state = ScheduleState::draft;
    std::uint64_t revision = 1;
    Timestamp last_tick{};
    bool require_rehearsal = false;
    /// The newest revision of which it is noted that a rehearsal succeeded; 0: of none.
    std::uint64_t rehearsed_revision = 0;
    /// The newest rehearsal's revision, 0: there was none.
    std::uint64_t rehearsal_revision = 0;
};

/// The state after a change of the definition to one that requires a rehearsal, or does not.
[[nodiscard]] ScheduleState state_after_change(ScheduleState state, bool require_rehearsal);

/// Whether set_schedule_state() would have to look at the job of the newest rehearsal.
[[nodiscard]] bool depends_on_rehearsal(const ScheduleStanding& standing, ScheduleState to);
/// Puts `standing` into the state `to`. `rehearsal_completed` says what became of the newest
/// rehearsal's job, where it depends on it. False: nothing changes. Throws Error: conflict,
/// invalid_argument.
[[nodiscard]] bool change_state(ScheduleStanding& standing, ScheduleState to,
                                bool rehearsal_completed, Timestamp now);

/// Whether a request is carried out. Not asked: whether its ticks were made before.
[[nodiscard]] FireResult::Kind verdict(const ScheduleStanding& standing,
                                       const FireRequest& request);

/// How far the schedule's ticks are dealt with once `request` is recorded. A backfill deals with
/// ticks before the schedule is armed: should the clock be put back until then, it does not come to
/// them once more.
[[nodiscard]] Timestamp last_tick_after(const ScheduleStanding& standing,
                                        const FireRequest& request);

/// Whether a backfill makes a job of `tick`, if none was made. It does not where the schedule is
/// armed and will come to the tick by itself.
[[nodiscard]] bool is_to_backfill(const ScheduleStanding& standing, Timestamp tick);

/// What a request is refused for, whatever the store holds: ticks out of order, without an id, in
/// the future. Throws Error: invalid_argument, conflict.
void check_fire_request(const FireRequest& request, Timestamp now);

/// Whether a line says that a tick of the schedule made its job.
[[nodiscard]] bool tells_of_tick(const FireRecord& line) noexcept;

/// Lines of history in the order of their ticks: what a request says of those that it skips and
/// what became of the others. Neighbouring ticks that overlap skipped become one line.
class FireLines {
public:
    FireLines(const FireRequest& request, Timestamp now) : request_(request), now_(now) {}

    /// Of the next tick: it made the job...
    void add_made(Timestamp tick, const JobId& job);
    /// ... or none, as an earlier one is unfinished.
    void add_overlap(Timestamp tick);
    /// All lines, without seq; to be called once, at the end.
    [[nodiscard]] std::vector<FireRecord> take();

private:
    void add_skipped_before(Timestamp tick);
    [[nodiscard]] FireRecord line(Timestamp first, Timestamp last) const;

    const FireRequest& request_;
    Timestamp now_;
    std::size_t skipped_ = 0;  ///< of the request's, that are lines already
    std::vector<FireRecord> lines_;
};

/// The ticks that made a job and whose lines were dropped from the history, roughly: two spans in
/// which all of them lie. Those of ticks and of backfills apart, as each kind goes through time in
/// its own order.
struct ForgottenTicks {
    struct Span {
        Timestamp first;
        Timestamp last;
        bool operator==(const Span&) const = default;
    };
    std::optional<Span> ticks{};
    std::optional<Span> backfills{};

    void note(const FireRecord& dropped);
    /// Throws Error (conflict) when one of the request's ticks may have made a job already.
    void check(const FireRequest& backfill) const;
    bool operator==(const ForgottenTicks&) const = default;
};

}  // namespace errand::core
