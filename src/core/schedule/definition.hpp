#pragma once

#include <errand/limits.hpp>
#include <errand/store/schedules.hpp>

#include <string>
#include <string_view>

namespace errand::core {

/// The key that jobs of a schedule with OverlapPolicy::queue share.
[[nodiscard]] std::string overlap_key(std::string_view schedule);

/// The member of a job's meta in which Errand notes the tick that it stands for.
inline constexpr std::string_view meta_member = "errand";

/// Checks every field, and puts spec, args, meta and tags into the form in which they are kept.
/// Throws Error (invalid_argument or limit_exceeded) naming the field, the value and the remedy.
void validate(ScheduleDefinition& definition, const Limits& limits);
void validate_schedule_name(std::string_view name);

}  // namespace errand::core
