#pragma once

#include <errand/store/store.hpp>

#include <string>

namespace errand::cli {

/// Arms a schedule; one that is armed stays as it is. Throws Error: invalid_argument when it would
/// never fire, and what Schedules::set_schedule_state() throws, each with the remedy.
void arm_schedule(Store& store, const ScheduleView& view, const std::string& by);

/// Throws Error (invalid_argument) for a time zone that this machine does not know.
void check_time_zone(const ScheduleDefinition& definition);

}  // namespace errand::cli
