#pragma once

#include <cstdint>

// Bits of the `flags` column; see schema_001.sql.

namespace errand::sqlite {

inline constexpr std::int64_t flag_unique = 1;
inline constexpr std::int64_t flag_cancel_requested = 2;
inline constexpr std::int64_t flag_has_extras = 4;  ///< errors, logs, progress or effects
inline constexpr std::int64_t flag_taken_over = 8;
/// Of a lease taken over: the RunMark that it had, times mark_unit.
inline constexpr std::int64_t mark_unit = 16;
inline constexpr std::int64_t mark_bits = 3 * mark_unit;
inline constexpr std::int64_t flag_turn = 64;  ///< has a turn of its key
/// What stays with a job when its lease ends.
inline constexpr std::int64_t lasting_flags = flag_unique | flag_has_extras | flag_turn;

}  // namespace errand::sqlite
