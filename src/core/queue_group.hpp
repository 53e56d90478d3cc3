#pragma once

#include <errand/queue_group.hpp>

#include <string_view>

namespace errand::core {

/// Throws Error (invalid_argument) that names the field, the value and what would be right.
void validate(const QueueGroup& group);

/// Reads one queue of a group: "high*6", or "high" for a weight of 1. Throws as above.
[[nodiscard]] QueueShare parse_queue_share(std::string_view text);

}  // namespace errand::core
