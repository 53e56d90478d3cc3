#include "cli/workflow/layout.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace errand::cli {
namespace {

using Lists = std::vector<std::vector<std::size_t>>;

/// Places for the nodes and for the bends of lines over several layers.
void place_all(const Graph& graph, Layout& layout) {
    const auto layers = layers_of(graph);
    const auto add = [&](std::size_t node, std::size_t layer) {
        if (layout.layers.size() <= layer) layout.layers.resize(layer + 1);
        layout.layers[layer].push_back(layout.places.size());
        layout.places.push_back({node, layer});
        return layout.places.size() - 1;
    };
    for (std::size_t node = 0; node < graph.nodes.size(); ++node)
        add(node, layers[node]);
    for (const auto& line : graph.lines) {
        if (layers[line.to] <= layers[line.from]) continue;  // only in a damaged store
        auto from = line.from;
        for (auto layer = layers[line.from] + 1; layer < layers[line.to]; ++layer) {
            const auto bend = add(Layout::bend, layer);
            layout.lines.push_back({from, bend, line.on_failure});
            from = bend;
        }
        layout.lines.push_back({from, line.to, line.on_failure});
    }
}

/// The middle row of a place's neighbours; its own when it has none.
double wanted_row(const Layout& layout, std::size_t place, const Lists& neighbours) {
    const auto& list = neighbours[place];
    if (list.empty()) return layout.places[place].row;
    double sum = 0;
    for (const auto neighbour : list)
        sum += layout.places[neighbour].row;
    return sum / static_cast<double>(list.size());
}

void number_rows(Layout& layout, const std::vector<std::size_t>& layer) {
    for (std::size_t i = 0; i < layer.size(); ++i)
        layout.places[layer[i]].row = static_cast<double>(i);
}

void order_by(Layout& layout, std::vector<std::size_t>& layer, const Lists& neighbours) {
    std::vector<std::pair<double, std::size_t>> order;
    for (const auto place : layer)
        order.emplace_back(wanted_row(layout, place, neighbours), place);
    std::ranges::stable_sort(order, {}, &std::pair<double, std::size_t>::first);
    for (std::size_t i = 0; i < layer.size(); ++i)
        layer[i] = order[i].second;
    number_rows(layout, layer);
}

/// Gives a layer the rows nearest to those wanted, at least one apart: neighbours that want to be
/// nearer than that move together as a block around the middle of what they want.
void settle_rows(Layout& layout, const std::vector<std::size_t>& layer, const Lists& neighbours) {
    struct Block {
        double sum;
        std::size_t count;
        [[nodiscard]] double mean() const { return sum / static_cast<double>(count); }
    };
    std::vector<Block> blocks;
    for (std::size_t i = 0; i < layer.size(); ++i) {
        blocks.push_back({wanted_row(layout, layer[i], neighbours) - static_cast<double>(i), 1});
        while (blocks.size() > 1 && blocks[blocks.size() - 2].mean() > blocks.back().mean()) {
            blocks[blocks.size() - 2].sum += blocks.back().sum;
            blocks[blocks.size() - 2].count += blocks.back().count;
            blocks.pop_back();
        }
    }
    std::size_t next = 0;
    for (const auto& block : blocks) {
        const double first = std::round(block.mean());
        for (std::size_t i = 0; i < block.count; ++i, ++next)
            layout.places[layer[next]].row = first + static_cast<double>(next);
    }
}

}  // namespace

Layout layout_of(const Graph& graph) {
    constexpr int sweeps = 6;
    Layout layout;
    place_all(graph, layout);
    Lists before(layout.places.size()), after(layout.places.size());
    for (const auto& line : layout.lines) {
        before[line.to].push_back(line.from);
        after[line.from].push_back(line.to);
    }
    for (const auto& layer : layout.layers)
        number_rows(layout, layer);
    for (int sweep = 0; sweep < sweeps; ++sweep) {
        for (auto& layer : layout.layers)
            order_by(layout, layer, before);
        for (auto layer = layout.layers.rbegin(); layer != layout.layers.rend(); ++layer)
            order_by(layout, *layer, after);
    }
    for (int sweep = 0; sweep < 2; ++sweep) {
        for (auto layer = layout.layers.rbegin(); layer != layout.layers.rend(); ++layer)
            settle_rows(layout, *layer, after);
        for (const auto& layer : layout.layers)
            settle_rows(layout, layer, before);
    }
    double top = std::numeric_limits<double>::max(), bottom = 0;
    for (const auto& place : layout.places)
        top = std::min(top, place.row);
    for (auto& place : layout.places) {
        place.row -= top;
        bottom = std::max(bottom, place.row);
    }
    layout.rows = layout.places.empty() ? 0 : static_cast<std::size_t>(bottom) + 1;
    return layout;
}

std::size_t bend_count(const Graph& graph) {
    const auto layers = layers_of(graph);
    std::size_t count = 0;
    for (const auto& line : graph.lines) {
        if (layers[line.to] > layers[line.from] + 1)
            count += layers[line.to] - layers[line.from] - 1;
    }
    return count;
}

}  // namespace errand::cli
