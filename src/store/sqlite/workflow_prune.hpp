#pragma once

#include "store/sqlite/connection.hpp"

#include <errand/store/types.hpp>

#include <cstdint>
#include <vector>

namespace errand::sqlite {

/// Numbers of workflows that may be pruned, those first that somebody began with; at most `max`.
[[nodiscard]] std::vector<std::int64_t> find_prunable_workflows(Connection& reader,
                                                                const Retention& retention,
                                                                Timestamp now, std::uint32_t max);

/// Removes at most `max` jobs of a workflow that has ended, and the workflow with the last of them.
/// Within an open write transaction. How many.
[[nodiscard]] std::uint32_t prune_workflow(Connection& writer, std::int64_t workflow, Timestamp now,
                                           std::uint32_t max);

}  // namespace errand::sqlite
