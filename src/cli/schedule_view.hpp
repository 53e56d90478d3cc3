#pragma once

#include "cli/table.hpp"

#include <errand/store/store.hpp>

#include <optional>
#include <string>
#include <vector>

// How schedules look to a person.

namespace errand::cli {

/// Throws Error (not_found) with the remedy.
[[nodiscard]] ScheduleView required_schedule(Store& store, const std::string& name);

/// "30 2 * * * Europe/Berlin", "every 15m", "at 2026-01-31T08:00:00Z".
[[nodiscard]] std::string timing_text(const ScheduleSpec& spec);

/// When an armed schedule fires next; none: it does not, or its zone is unknown on this machine.
[[nodiscard]] std::optional<Timestamp> next_fire(const ScheduleView& view, Timestamp now);

/// Name, state, timing, next and last fire.
[[nodiscard]] Table schedule_table(const std::vector<ScheduleView>& views, Timestamp now);

/// All about a schedule but its ticks, in lines "field  value".
[[nodiscard]] std::string schedule_details(const ScheduleView& view, Timestamp now, bool colour);

/// What each line of history came to, with the state of the jobs now.
[[nodiscard]] Table history_table(const std::vector<FireRecord>& records, Store& store,
                                  Timestamp now);

}  // namespace errand::cli
