#pragma once

#include <errand/job.hpp>

#include <string_view>

namespace errand::core {

/// Applies the "options" of a job in the Open Job Spec: queue, priority, timeout_ms, scheduled_at
/// (delay_until), expires_at, retry (retry_policy), tags and metadata. What has no counterpart
/// (unique, visibility_timeout, rate_limit …) is refused with what to do instead: throws Error
/// (invalid_argument) that begins with the member's name.
void apply_ojs_options(NewJob& job, std::string_view json);

}  // namespace errand::core
