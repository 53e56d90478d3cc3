#pragma once

#include <errand/store/store.hpp>

#include <optional>
#include <string_view>
#include <vector>

// Jobs that somebody has a schedule make by hand. All throw Error: not_found for an unknown name,
// conflict when the definition changes again and again meanwhile.

namespace errand::client {

/// A job whose handler can see that it is a try-out. It has one attempt.
[[nodiscard]] JobId rehearse_schedule(Store& store, std::string_view name);

/// A job that stands for no tick, in whatever state the schedule is. None: its overlap policy is
/// skip, and the job of an earlier tick is unfinished.
[[nodiscard]] std::optional<JobId> run_schedule(Store& store, std::string_view name);

/// Most ticks of one backfill.
inline constexpr std::size_t max_backfill = 100'000;

/// The jobs of all ticks from `from` to `to`, both included, that have passed, are not excluded and
/// made none yet. Each is made whatever its overlap policy; with `queue` they take turns. In calls
/// of 1,000: when it throws, earlier ones are made, and repeating it goes on. Throws Error:
/// limit_exceeded; conflict when some lie so far back that the history may have forgotten them;
/// invalid_argument for a time zone that this machine does not know.
[[nodiscard]] std::vector<JobId> backfill_schedule(Store& store, std::string_view name,
                                                   Timestamp from, Timestamp to);

}  // namespace errand::client
