#pragma once

#include "cli/workflow/graph.hpp"

#include <errand/workflow.hpp>

#include <string>

namespace errand::cli {

/// The graph in the language of Graphviz, each node filled with the colour of its state.
[[nodiscard]] std::string dot_text(const WorkflowView& view, const Graph& graph);

/// The graph as a picture that stands alone: layers from left to right, states as colours, counts
/// and a legend. For graphs of a few hundred nodes: collapse larger ones.
[[nodiscard]] std::string svg_text(const WorkflowView& view, const Graph& graph);

/// "clip 17: running, 3 of 4 done"; safe to show.
[[nodiscard]] std::string workflow_title(const WorkflowView& view);

/// Fill and border of a node in a picture, as #rrggbb.
struct Paint {
    std::string_view fill, border;
};
[[nodiscard]] Paint paint_of(Look look) noexcept;

/// "3/10", "700/1,000", or empty: how far the node is.
[[nodiscard]] std::string node_progress(const GraphNode& node);

}  // namespace errand::cli
