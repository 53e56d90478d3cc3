#pragma once

#include "core/explain.hpp"

namespace errand::core {

/// What a pending job waits for: `jobs` are the first ten parents that have not ended, `count` is
/// how many there are.
[[nodiscard]] ExplainReason explain_parents(const WorkflowFacts& facts);

}  // namespace errand::core
