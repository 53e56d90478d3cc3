#pragma once

#include <errand/explain.hpp>
#include <errand/time.hpp>

#include <string>

// How explanations say things.

namespace errand::core {

/// "2026-01-31T08:00:00.000000Z, in 3h" or "…, 5m ago"
[[nodiscard]] std::string moment(Timestamp time, Timestamp now);
/// "since 2026-01-31T08:00:00.000000Z (5m)"
[[nodiscard]] std::string since(Timestamp time, Timestamp now);

[[nodiscard]] ExplainReason make_reason(ExplainCode code, std::string text);

}  // namespace errand::core
