#pragma once

#include <errand/schedule.hpp>

#include <string>
#include <vector>

// How ticks look to a person and to a script.

namespace errand::cli {

/// "2026-03-29T01:00:00Z", with a fraction only where there is one.
[[nodiscard]] std::string utc_text(Timestamp time);

/// "in 5m" or "5m ago".
[[nodiscard]] std::string distance_text(Duration distance);

/// Local time, UTC, distance from `now` and a note on what is odd, a tick a line, on stdout.
void print_tick_table(const std::vector<UpcomingTick>& ticks, Timestamp now);

/// A JSON array of the times at which something fires.
[[nodiscard]] std::string fire_times_json(const std::vector<UpcomingTick>& ticks);

}  // namespace errand::cli
