#pragma once

#include <cstdint>

// Bits of the `flags` column; see schema_001.sql.

namespace errand::sqlite {

inline constexpr std::int64_t flag_unique = 1;  ///< has a unique key, also when it does not hold it
inline constexpr std::int64_t flag_cancel_requested = 2;
inline constexpr std::int64_t flag_has_extras = 4;  ///< errors, logs, progress or effects
inline constexpr std::int64_t flag_taken_over = 8;
/// Of a lease taken over: the RunMark that it had, times mark_unit.
inline constexpr std::int64_t mark_unit = 16;
inline constexpr std::int64_t mark_bits = 3 * mark_unit;
inline constexpr std::int64_t flag_turn = 64;  ///< has a turn of its key
/// Holds its unique key until it ends; until it is claimed. A period holds without the job.
inline constexpr std::int64_t flag_holds_unfinished = 128;
inline constexpr std::int64_t flag_holds_waiting = 256;
inline constexpr std::int64_t unique_hold_flags = flag_holds_unfinished | flag_holds_waiting;
inline constexpr std::int64_t flag_in_workflow = 512;
/// With flag_turn: the number of its key (errand_key), times turn_key_unit.
inline constexpr std::int64_t turn_key_unit = 1 << 16;
inline constexpr std::int64_t turn_key_bits = ~(turn_key_unit - 1);
/// What stays with a job when its lease ends, and when it ends itself.
inline constexpr std::int64_t lasting_flags = flag_unique | flag_has_extras | flag_turn |
                                              flag_holds_unfinished | flag_in_workflow |
                                              turn_key_bits;
inline constexpr std::int64_t flags_of_the_ended = flag_unique | flag_has_extras | flag_in_workflow;

/// Of a job with a turn of that key. Any number may be asked for, whatever the file says.
[[nodiscard]] constexpr std::int64_t turn_of(std::int64_t key_number) noexcept {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(key_number) *
                                     static_cast<std::uint64_t>(turn_key_unit)) |
           flag_turn;
}
[[nodiscard]] constexpr std::int64_t turn_key_of(std::int64_t flags) noexcept {
    return flags >> 16;
}
static_assert(turn_key_of(turn_of(5)) == 5);

}  // namespace errand::sqlite
