#pragma once

#include "cli/table.hpp"
#include "cli/workflow/graph.hpp"

#include <errand/time.hpp>
#include <errand/workflow.hpp>

#include <string>
#include <vector>

// Workflows as people see them in a terminal.

namespace errand::cli {

[[nodiscard]] Table workflow_table(const std::vector<WorkflowView>& views, Timestamp now);

/// How and when something is looked at.
struct Looking {
    Timestamp now{};
    std::size_t width = 0;  ///< of the terminal; 0: none, lines may have any length
    bool colour = false;
};
/// Its fields, and its graph or a table by layer.
[[nodiscard]] std::string workflow_details(const WorkflowView& view, const Graph& graph,
                                           const Looking& looking);

/// More nodes and bends than a reader can follow, at `nodes` as the largest number of nodes.
[[nodiscard]] bool is_too_large(const Graph& graph, std::size_t nodes);

}  // namespace errand::cli
