#pragma once

#include "core/json_object.hpp"

#include <errand/job.hpp>

#include <string_view>
#include <vector>

namespace errand::core {

/// The members that a new job may have in JSON.
[[nodiscard]] std::vector<std::string_view> job_member_names();

/// Reads one of them into `job`; null leaves it as it is, except args. False: it is none of them.
/// Throws Error (invalid_argument) that begins with the member's name. What the values mean
/// together is left to core::validate().
bool read_job_member(NewJob& job, const JsonMember& member);

}  // namespace errand::core
