#pragma once

#include "base/time_zone.hpp"

#include <chrono>

// From what a zone's clock shows to moments, and back. A zone's clock may leave local times out and
// show others twice.

namespace errand::base {

struct Showing {
    std::chrono::sys_seconds time;
    bool is_exact;  ///< false: the clock leaves the wanted local time out
};

/// The first moment at which the clock shows `wanted` or a later time.
[[nodiscard]] Showing first_showing(const TimeZone& zone, std::chrono::local_seconds wanted);

/// The last moment at which the clock shows `wanted`; as first_showing() when it leaves it out.
[[nodiscard]] Showing last_showing(const TimeZone& zone, std::chrono::local_seconds wanted);

/// The latest local time that the clock has shown up to `time`, which is later than what it shows
/// then when it was set back shortly before.
[[nodiscard]] std::chrono::local_seconds latest_shown(const TimeZone& zone,
                                                      std::chrono::sys_seconds time);

/// Whether the clock shows the same local time once more after `time`, or did so before it.
[[nodiscard]] bool shows_again(const TimeZone& zone, std::chrono::sys_seconds time);
[[nodiscard]] bool has_shown_before(const TimeZone& zone, std::chrono::sys_seconds time);

/// How far two moments can be apart that have the same local time: no clock is further from UTC
/// than 26 hours.
inline constexpr std::chrono::hours max_zone_offset{26};
inline constexpr std::chrono::hours max_zone_change = 2 * max_zone_offset;

}  // namespace errand::base
