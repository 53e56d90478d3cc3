#pragma once

#include "cli/workflow/graph.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace errand::cli {

/// The graph as lines of text, from left to right: a symbol and a name per node, box drawing
/// between them. None: it would be wider than `width` columns.
[[nodiscard]] std::optional<std::string> terminal_graph(const Graph& graph, std::size_t width,
                                                        bool colour);

/// A line per layer with how many of its jobs are where.
[[nodiscard]] std::string layer_table(const Graph& graph, std::size_t width, bool colour);

/// "✔ completed  ● running …", of the looks that occur.
[[nodiscard]] std::string graph_legend(const Graph& graph, bool colour);

}  // namespace errand::cli
