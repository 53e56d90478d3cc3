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
/// What stays with a job when its lease ends, and when it ends itself.
inline constexpr std::int64_t lasting_flags =
    flag_unique | flag_has_extras | flag_turn | flag_holds_unfinished | flag_in_workflow;
inline constexpr std::int64_t flags_of_the_ended = flag_unique | flag_has_extras | flag_in_workflow;

}  // namespace errand::sqlite
