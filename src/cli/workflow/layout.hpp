#pragma once

#include "cli/workflow/graph.hpp"

#include <cstddef>
#include <vector>

namespace errand::cli {

/// A graph in layers, from left to right, so that every line leads from one layer to the next: a
/// line over several layers goes through bends.
struct Layout {
    static constexpr std::size_t bend = static_cast<std::size_t>(-1);

    struct Place {
        std::size_t node = bend;  ///< in Graph::nodes
        std::size_t layer = 0;
        double row = 0;  ///< whole numbers from 0; within a layer rising, none twice
    };
    struct Line {
        std::size_t from = 0, to = 0;  ///< in places
        OnFailure on_failure = OnFailure::fail;
    };

    std::vector<Place> places;
    std::vector<Line> lines;
    std::vector<std::vector<std::size_t>> layers;  ///< places of each layer, from top to bottom
    std::size_t rows = 0;
};

/// Orders each layer so that few lines cross, and puts what belongs together into nearby rows.
[[nodiscard]] Layout layout_of(const Graph& graph);

/// How many bends a layout would have: lines over many layers make it large.
[[nodiscard]] std::size_t bend_count(const Graph& graph);

}  // namespace errand::cli
