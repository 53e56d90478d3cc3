#pragma once

#include "core/json_object.hpp"

#include <errand/schedule.hpp>

#include <span>
#include <string_view>
#include <vector>

namespace errand::core {

/// The members of a spec's JSON form.
[[nodiscard]] std::vector<std::string_view> spec_member_names();

/// The spec that `members` say, as parse_schedule_spec() reads it. Throws Error (invalid_argument).
[[nodiscard]] ScheduleSpec spec_of(std::span<const JsonMember> members);

}  // namespace errand::core
