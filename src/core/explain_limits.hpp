#pragma once

#include "core/explain.hpp"

#include <vector>

namespace errand::core {

/// What the limits that hold an available job keep it from, each of them.
[[nodiscard]] std::vector<ExplainReason> explain_limits(const Job& job, const StoreFacts& store);

}  // namespace errand::core
