#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace errand::sim {

/// What must happen now and then, or the rules about it are not tried at all.
enum class Situation : std::uint8_t {
    insert_repeated,
    insert_of_namesake,
    unique_key_held,
    unique_key_outlives,
    unique_holder_changed,
    claim,
    start_under_lost_lease,
    taken_over_unstarted,
    taken_over_started,
    taken_over_finished,
    taken_over_unknown,
    taken_over_from_the_living,
    taken_over_from_a_rescuer,
    settled_too_late,
    settled_twice,
    beaten_too_late,
    effect_found,
    effect_too_late,
    cancelled_waiting,
    cancelled_active,
    cancel_won,
    completed,
    failed,
    failed_for_good,
    timed_out,
    snoozed,
    given_up,
    cancelled_itself,
    given_back,
    interrupted,
    left_behind,
    crashed,
    crashed_out,
    retried_waiting,
    retried_ended,
    removed,
    pruned,
    claim_unheard,
    power_cut,
    tail_lost,
    turn_kept,
    turn_waited_for,
    turn_given_up,
    limit_set,
    limit_full,
    rate_used_up,
    expired,
    went_ahead,
    tick_fired,
    tick_skipped,
    tick_overlapped,
    fired_too_late,
    fired_by_cron,
    fired_with_jitter,
    tick_queued,
    backfilled,
    backfill_left_out,
    breaker_opened,
    breaker_tried,
    breaker_closed,
    slowed_down,
    window_entered,
    label_needed,
    count,
};
inline constexpr auto situation_count = static_cast<std::size_t>(Situation::count);

inline constexpr std::array<std::string_view, situation_count> situation_names{
    "insert_repeated",
    "insert_of_namesake",
    "unique_key_held",
    "unique_key_outlives",
    "unique_holder_changed",
    "claim",
    "start_under_lost_lease",
    "taken_over_unstarted",
    "taken_over_started",
    "taken_over_finished",
    "taken_over_unknown",
    "taken_over_from_the_living",
    "taken_over_from_a_rescuer",
    "settled_too_late",
    "settled_twice",
    "beaten_too_late",
    "effect_found",
    "effect_too_late",
    "cancelled_waiting",
    "cancelled_active",
    "cancel_won",
    "completed",
    "failed",
    "failed_for_good",
    "timed_out",
    "snoozed",
    "given_up",
    "cancelled_itself",
    "given_back",
    "interrupted",
    "left_behind",
    "crashed",
    "crashed_out",
    "retried_waiting",
    "retried_ended",
    "removed",
    "pruned",
    "claim_unheard",
    "power_cut",
    "tail_lost",
    "turn_kept",
    "turn_waited_for",
    "turn_given_up",
    "limit_set",
    "limit_full",
    "rate_used_up",
    "expired",
    "went_ahead",
    "tick_fired",
    "tick_skipped",
    "tick_overlapped",
    "fired_too_late",
    "fired_by_cron",
    "fired_with_jitter",
    "tick_queued",
    "backfilled",
    "backfill_left_out",
    "breaker_opened",
    "breaker_tried",
    "breaker_closed",
    "slowed_down",
    "window_entered",
    "label_needed",
};
static_assert(!situation_names.back().empty());

/// How often each was met.
class Situations {
public:
    void met(Situation situation, std::uint64_t times = 1) {
        times_[static_cast<std::size_t>(situation)] += times;
    }
    void add(const Situations& others) {
        for (std::size_t i = 0; i < situation_count; ++i)
            times_[i] += others.times_[i];
    }
    [[nodiscard]] std::uint64_t times(std::size_t situation) const { return times_[situation]; }

private:
    std::array<std::uint64_t, situation_count> times_{};
};

}  // namespace errand::sim
