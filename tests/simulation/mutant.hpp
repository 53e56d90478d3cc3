#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace errand::sim {

/// Ways to break the system on purpose. The simulator must notice each: that is what shows that it
/// would notice the like by accident. Most of them live in store/broken_store.cpp and
/// store/hasty_store.cpp.
enum class Mutant : std::uint8_t {
    none,
    // A store that errs
    no_fence_on_settle,     ///< a settlement counts for whoever has the job now
    attempt_as_fence,       ///< a stale settlement counts when the attempt number is the same
    heartbeat_unfenced,     ///< a stale heartbeat renews the present lease
    effect_unfenced,        ///< a stale lease may record an effect
    refresh_before_look,    ///< the rescuer renews all leases before it looks for lost ones
    rescue_the_dead_only,   ///< a living worker's lease never runs out
    rescue_early,           ///< leases are judged by a clock that is fast
    rescue_without_settle,  ///< what is taken over is then forgotten
    blame_the_unstarted,    ///< a crash is blamed on jobs that were only prefetched
    hidden_unpause,         ///< continuing a paused queue wakes nobody
    hidden_insert,          ///< a new job wakes nobody
    hidden_schedule,        ///< a new due time wakes no promoter
    hidden_cancel,          ///< a cancel request wakes nobody
    late_generation,        ///< what changes between the look and the wait is slept through
    prune_the_living,       ///< the pruner removes a job that has not ended
    claim_twice,            ///< a claim also gives a job that another worker has
    claim_the_paused,       ///< a paused queue is served
    claim_any_type,         ///< a claim gives jobs that the worker cannot perform
    claim_any_label,        ///< a claim gives jobs whose labels the worker has not
    promote_early,          ///< jobs become available before they are due
    forget_delay,           ///< a retry goes on at once
    forget_cancel,          ///< a cancel request of a running job gets lost
    forget_result,          ///< the result is not kept
    forget_effect,          ///< a recorded effect is not found again
    count_snooze,           ///< a snooze uses an attempt
    free_failures,          ///< a failure uses none
    ignore_unique,          ///< unique keys are not looked at
    unique_outlives,        ///< the end of a job does not free its unique key
    miscount,               ///< the counts of states are off by one
    acknowledge_too_early,  ///< an insert is acknowledged although it did not happen
    lose_the_tail,          ///< a power cut loses what was acknowledged at durability=full
    // A store that errs about turns, limits, order and ticks: store/lax_store.cpp
    fifo_overlap,             ///< two jobs of a key are under way at once
    turn_given_up,            ///< a key's next job goes on while the one before waits for its retry
    turn_lost_at_crash,       ///< the turn of a key stays with a worker that died
    hidden_turn,              ///< what a settlement makes room for wakes nobody
    permit_leak_after_crash,  ///< a crash keeps its permit of a concurrency limit
    one_permit_more,          ///< one lease more than a concurrency limit says
    rate_edge,                ///< a rate counts anew at the edges of fixed spans
    hidden_opening,           ///< a rate that opens again wakes nobody
    last_limit_only,          ///< of several limits the last one counts
    starvation,               ///< aging is not looked at
    unweighted,               ///< fair shares have no weights
    stack_as_line,            ///< a stack serves the oldest first
    double_tick,              ///< a tick that was dealt with makes one more job
    two_probes,               ///< a half-open breaker lets two jobs try
    open_too_short,           ///< a breaker is half-open long before its time
    breaker_never_closes,     ///< a success does not close a breaker
    no_rest,                  ///< a rest that a handler asked for is forgotten
    any_hour,                 ///< windows are not looked at
    window_in_utc,            ///< windows are read in UTC, whatever their zone
    hurried_jitter,           ///< a tick fires at once instead of at its jittered time
    other_jitter,             ///< ticks are spread further than their schedule allows
    overlap_ignored,          ///< a tick makes its job although the one before is unfinished
    missed_too_soon,          ///< a tick counts as missed before it is
    exclusions_ignored,       ///< ticks fire on dates that are excluded
    armed_unrehearsed,        ///< a schedule is armed without the rehearsal that it requires
    backfill_twice,           ///< a backfill makes a job of a tick that made one before
    // A store that errs about workflows, signals and events: store/unruly_store.cpp
    callback_twice,                  ///< a settlement that is repeated ends its workflow again
    callback_never,                  ///< none when the last two jobs end at once
    child_orphaned,                  ///< a crash between the end of a parent and what follows
    counter_past_zero,               ///< a settlement that is repeated is counted again
    cancel_lost_against_completion,  ///< the completion of what runs wins over a cancel of the
                                     ///< whole
    child_released_early,            ///< the first of several parents releases it
    signal_lost_before_wait,         ///< only one who waits already gets a signal
    event_lost,                      ///< a change is not told
    event_twice,                     ///< a change is told twice
    // An engine that errs
    settle_lost_on_error,  ///< settlements are dropped when the store is away
    free_before_flush,     ///< a slot is freed before the settlement of its job is known
    blame_nobody,          ///< a crash is never blamed on the job that ran
    charge_interruption,   ///< a deploy uses an attempt
    unmarked_start,        ///< a handler runs without a mark that says so
    leave_in_haste,        ///< a stopping worker leaves before its settlements are known
    loop_ends_on_error,    ///< a loop that met an error never runs again
    tick_lost,             ///< of several ticks that are due at once the last one fires alone
    run_expired,           ///< a job that has expired begins all the same
    unqueued_tick,         ///< a tick's job does not wait for the one before, and should
    step_run_twice,        ///< a step does not look whether it was committed
    blind_breaker,         ///< settlements do not say that an attempt failed
};

struct MutantName {
    Mutant mutant;
    std::string_view name;
};
inline constexpr std::array mutant_names{
    MutantName{Mutant::no_fence_on_settle, "no_fence_on_settle"},
    MutantName{Mutant::attempt_as_fence, "attempt_as_fence"},
    MutantName{Mutant::heartbeat_unfenced, "heartbeat_unfenced"},
    MutantName{Mutant::effect_unfenced, "effect_unfenced"},
    MutantName{Mutant::refresh_before_look, "refresh_before_look"},
    MutantName{Mutant::rescue_the_dead_only, "rescue_the_dead_only"},
    MutantName{Mutant::rescue_early, "rescue_early"},
    MutantName{Mutant::rescue_without_settle, "rescue_without_settle"},
    MutantName{Mutant::blame_the_unstarted, "blame_the_unstarted"},
    MutantName{Mutant::hidden_unpause, "hidden_unpause"},
    MutantName{Mutant::hidden_insert, "hidden_insert"},
    MutantName{Mutant::hidden_schedule, "hidden_schedule"},
    MutantName{Mutant::hidden_cancel, "hidden_cancel"},
    MutantName{Mutant::late_generation, "late_generation"},
    MutantName{Mutant::prune_the_living, "prune_the_living"},
    MutantName{Mutant::claim_twice, "claim_twice"},
    MutantName{Mutant::claim_the_paused, "claim_the_paused"},
    MutantName{Mutant::claim_any_type, "claim_any_type"},
    MutantName{Mutant::claim_any_label, "claim_any_label"},
    MutantName{Mutant::promote_early, "promote_early"},
    MutantName{Mutant::forget_delay, "forget_delay"},
    MutantName{Mutant::forget_cancel, "forget_cancel"},
    MutantName{Mutant::forget_result, "forget_result"},
    MutantName{Mutant::forget_effect, "forget_effect"},
    MutantName{Mutant::count_snooze, "count_snooze"},
    MutantName{Mutant::free_failures, "free_failures"},
    MutantName{Mutant::ignore_unique, "ignore_unique"},
    MutantName{Mutant::unique_outlives, "unique_outlives"},
    MutantName{Mutant::miscount, "miscount"},
    MutantName{Mutant::acknowledge_too_early, "acknowledge_too_early"},
    MutantName{Mutant::lose_the_tail, "lose_the_tail"},
    MutantName{Mutant::fifo_overlap, "fifo_overlap"},
    MutantName{Mutant::turn_given_up, "turn_given_up"},
    MutantName{Mutant::turn_lost_at_crash, "turn_lost_at_crash"},
    MutantName{Mutant::hidden_turn, "hidden_turn"},
    MutantName{Mutant::permit_leak_after_crash, "permit_leak_after_crash"},
    MutantName{Mutant::one_permit_more, "one_permit_more"},
    MutantName{Mutant::rate_edge, "rate_edge"},
    MutantName{Mutant::hidden_opening, "hidden_opening"},
    MutantName{Mutant::last_limit_only, "last_limit_only"},
    MutantName{Mutant::starvation, "starvation"},
    MutantName{Mutant::unweighted, "unweighted"},
    MutantName{Mutant::stack_as_line, "stack_as_line"},
    MutantName{Mutant::double_tick, "double_tick"},
    MutantName{Mutant::two_probes, "two_probes"},
    MutantName{Mutant::open_too_short, "open_too_short"},
    MutantName{Mutant::breaker_never_closes, "breaker_never_closes"},
    MutantName{Mutant::no_rest, "no_rest"},
    MutantName{Mutant::any_hour, "any_hour"},
    MutantName{Mutant::window_in_utc, "window_in_utc"},
    MutantName{Mutant::hurried_jitter, "hurried_jitter"},
    MutantName{Mutant::other_jitter, "other_jitter"},
    MutantName{Mutant::overlap_ignored, "overlap_ignored"},
    MutantName{Mutant::missed_too_soon, "missed_too_soon"},
    MutantName{Mutant::exclusions_ignored, "exclusions_ignored"},
    MutantName{Mutant::armed_unrehearsed, "armed_unrehearsed"},
    MutantName{Mutant::backfill_twice, "backfill_twice"},
    MutantName{Mutant::callback_twice, "callback_twice"},
    MutantName{Mutant::callback_never, "callback_never"},
    MutantName{Mutant::child_orphaned, "child_orphaned"},
    MutantName{Mutant::counter_past_zero, "counter_past_zero"},
    MutantName{Mutant::cancel_lost_against_completion, "cancel_lost_against_completion"},
    MutantName{Mutant::child_released_early, "child_released_early"},
    MutantName{Mutant::signal_lost_before_wait, "signal_lost_before_wait"},
    MutantName{Mutant::event_lost, "event_lost"},
    MutantName{Mutant::event_twice, "event_twice"},
    MutantName{Mutant::settle_lost_on_error, "settle_lost_on_error"},
    MutantName{Mutant::free_before_flush, "free_before_flush"},
    MutantName{Mutant::blame_nobody, "blame_nobody"},
    MutantName{Mutant::charge_interruption, "charge_interruption"},
    MutantName{Mutant::unmarked_start, "unmarked_start"},
    MutantName{Mutant::leave_in_haste, "leave_in_haste"},
    MutantName{Mutant::loop_ends_on_error, "loop_ends_on_error"},
    MutantName{Mutant::tick_lost, "tick_lost"},
    MutantName{Mutant::run_expired, "run_expired"},
    MutantName{Mutant::unqueued_tick, "unqueued_tick"},
    MutantName{Mutant::step_run_twice, "step_run_twice"},
    MutantName{Mutant::blind_breaker, "blind_breaker"},
};

/// none: nothing has that name.
[[nodiscard]] inline Mutant mutant_named(std::string_view name) {
    for (const auto& known : mutant_names) {
        if (known.name == name) return known.mutant;
    }
    return Mutant::none;
}

[[nodiscard]] inline std::string_view name_of(Mutant mutant) {
    for (const auto& known : mutant_names) {
        if (known.mutant == mutant) return known.name;
    }
    return "none";
}

}  // namespace errand::sim
