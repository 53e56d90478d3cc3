#pragma once

#include <errand/time.hpp>

#include <optional>
#include <string_view>

namespace errand::handlers {

/// However long a server asks us to wait, this is the most.
inline constexpr Duration max_retry_after = std::chrono::days{1};

/// What an HTTP Retry-After header asks for, seen at `now`: seconds or an HTTP date, 0 for a date
/// that has passed, at most max_retry_after. None for any other text.
[[nodiscard]] std::optional<Duration> parse_retry_after(std::string_view value, Timestamp now);

}  // namespace errand::handlers
