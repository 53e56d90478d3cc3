#include "cli/workflow/terminal_graph.hpp"

#include "cli/table.hpp"
#include "cli/workflow/channel.hpp"
#include "cli/workflow/layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace errand::cli {
namespace {

constexpr std::size_t longest_label = 32;

/// "● encode 3/10"
std::string node_text(const GraphNode& node) {
    auto text = fmt::format("{} {}", symbol_of(node.look()), shortened(node.label, longest_label));
    if (node.count() > 1) {
        text += fmt::format(" {}/{}", grouped(node.ended()), grouped(node.count()));
    } else if (node.progress && node.progress->total > 0) {
        text += fmt::format(" {}/{}", node.progress->current, node.progress->total);
    }
    return text;
}

std::string repeated(std::string_view piece, std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i)
        text += piece;
    return text;
}

/// Draws one layer into the rows; all are as long as `width` afterwards.
class Column {
public:
    Column(const Graph& graph, const Layout& layout, std::size_t layer)
        : graph_(graph), layout_(layout), by_row_(layout.rows, nowhere) {
        for (const auto place : layout.layers[layer]) {
            by_row_[static_cast<std::size_t>(layout.places[place].row)] = place;
            const auto node = layout.places[place].node;
            if (node != Layout::bend) {
                width_ = std::max(width_, display_width(node_text(graph.nodes[node])) + 1);
            }
        }
        leaves_.assign(layout.places.size(), false);
        for (const auto& line : layout.lines)
            leaves_[line.from] = true;
    }
    [[nodiscard]] std::size_t width() const noexcept { return width_; }
    [[nodiscard]] std::string text(std::size_t row, bool colour) const {
        const auto place = by_row_[row];
        if (place == nowhere) return std::string(width_, ' ');
        const auto node = layout_.places[place].node;
        if (node == Layout::bend) return painted(repeated("─", width_), Colour::dim, colour);
        const auto text = node_text(graph_.nodes[node]);
        const auto rest = width_ - display_width(text) - 1;
        return painted(text, colour_of(graph_.nodes[node].look()), colour) + " " +
               painted(repeated(leaves_[place] ? "─" : " ", rest), Colour::dim, colour);
    }

private:
    static constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

    const Graph& graph_;
    const Layout& layout_;
    std::vector<std::size_t> by_row_;
    std::vector<bool> leaves_;  ///< by place
    std::size_t width_ = 1;
};

void cut_spaces(std::string& line) {
    while (!line.empty() && line.back() == ' ')
        line.pop_back();
}

}  // namespace

std::optional<std::string> terminal_graph(const Graph& graph, std::size_t width, bool colour) {
    const auto layout = layout_of(graph);
    std::vector<Column> columns;
    std::vector<Channel> channels;
    std::size_t needed = 0;
    for (std::size_t layer = 0; layer < layout.layers.size(); ++layer) {
        columns.emplace_back(graph, layout, layer);
        needed += columns.back().width();
        if (layer + 1 == layout.layers.size()) break;
        channels.emplace_back(layout, layer);
        needed += channels.back().width();
    }
    if (needed > width) return std::nullopt;
    std::string text;
    for (std::size_t row = 0; row < layout.rows; ++row) {
        std::string line;
        for (std::size_t layer = 0; layer < columns.size(); ++layer) {
            line += columns[layer].text(row, colour);
            if (layer < channels.size()) {
                line += painted(channels[layer].text(row), Colour::dim, colour);
            }
        }
        if (!colour) cut_spaces(line);
        text += line + "\n";
    }
    return text;
}

std::string layer_table(const Graph& graph, std::size_t width, bool colour) {
    struct Layer {
        std::array<std::uint64_t, look_count> jobs{};
        std::string labels;
    };
    const auto layers = layers_of(graph);
    std::vector<Layer> sums;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        if (sums.size() <= layers[i]) sums.resize(layers[i] + 1);
        auto& sum = sums[layers[i]];
        for (std::size_t look = 0; look < look_count; ++look)
            sum.jobs[look] += graph.nodes[i].jobs[look];
        constexpr std::size_t enough = 200;
        if (sum.labels.size() < enough) {
            sum.labels += (sum.labels.empty() ? "" : ", ") + graph.nodes[i].label;
        }
    }
    std::vector<Look> shown;  // those that occur
    for (std::size_t look = 0; look < look_count; ++look) {
        const bool occurs =
            std::ranges::any_of(sums, [look](const Layer& layer) { return layer.jobs[look] > 0; });
        if (occurs) shown.push_back(static_cast<Look>(look));
    }
    std::vector<Table::Column> headings{{"LAYER", true}, {"JOBS", true}};
    for (const auto look : shown) {
        std::string name{name_of(look)};
        std::ranges::transform(name, name.begin(),
                               [](char c) { return static_cast<char>(c - 'a' + 'A'); });
        headings.push_back({std::move(name), true});
    }
    headings.push_back({"NAMES"});
    Table table{std::move(headings)};
    for (std::size_t layer = 0; layer < sums.size(); ++layer) {
        const auto& jobs = sums[layer].jobs;
        std::vector<Table::Cell> cells{
            std::to_string(layer + 1),
            grouped(std::accumulate(jobs.begin(), jobs.end(), std::uint64_t{0}))};
        for (const auto look : shown) {
            const auto count = jobs[static_cast<std::size_t>(look)];
            cells.push_back(
                {count == 0 ? "." : grouped(count), count == 0 ? Colour::dim : colour_of(look)});
        }
        cells.emplace_back(sums[layer].labels);
        table.add_row(std::move(cells));
    }
    return table.text(width, colour);
}

std::string graph_legend(const Graph& graph, bool colour) {
    std::array<bool, look_count> seen{};
    for (const auto& node : graph.nodes) {
        for (std::size_t look = 0; look < look_count; ++look)
            seen[look] = seen[look] || node.jobs[look] > 0;
    }
    std::string text;
    for (std::size_t i = 0; i < look_count; ++i) {
        const auto look = static_cast<Look>(i);
        if (!seen[i]) continue;
        text += text.empty() ? "" : "  ";
        text += painted(symbol_of(look), colour_of(look), colour);
        text += fmt::format(" {}", name_of(look));
    }
    const bool is_lenient = std::ranges::any_of(
        graph.lines, [](const GraphLine& line) { return line.on_failure != OnFailure::fail; });
    if (is_lenient) text += "  ─▷ begins even when what came before it failed";
    return text;
}

}  // namespace errand::cli
