#include "cli/workflow/layout.hpp"
#include "cli/workflow/picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace errand::cli {
namespace {

// Pixels.
constexpr double margin = 24, title_height = 44, legend_height = 58;
constexpr double box_height = 50, row_height = 66, gap = 64, bend_width = 16;
constexpr double widest_box = 240, narrowest_box = 110, padding = 14;
constexpr double name_size = 14, small_size = 12;
constexpr double stripe_height = 4;

/// An upper bound of the width of text in any usual sans-serif font: the picture is drawn without
/// knowing which one there will be.
double text_width(std::string_view text, double size) {
    constexpr double narrow = 0.62, wide = 0.92;
    double em = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if ((byte & 0xC0U) == 0x80U) continue;  // within a character
        const bool is_wide = byte == 'm' || byte == 'w' || (byte >= 'A' && byte <= 'Z') ||
                             byte == '@' || byte == '%';
        em += byte >= 0xE2U ? 1.05 : is_wide ? wide : narrow;
    }
    return em * size;
}

/// `text`, cut with "…" where it would be wider than `width`.
std::string fitted(const std::string& text, double size, double width) {
    auto characters = display_width(text);
    auto result = text;
    while (characters > 1 && text_width(result, size) > width)
        result = shortened(text, --characters);
    return result;
}

std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        switch (c) {
            case '&':
                result += "&amp;";
                break;
            case '<':
                result += "&lt;";
                break;
            case '>':
                result += "&gt;";
                break;
            case '"':
                result += "&quot;";
                break;
            case '\t':
                result += ' ';
                break;
            default:
                result += c;
        }
    }
    return result;
}

std::string_view dashes_of(OnFailure policy) noexcept {
    switch (policy) {
        case OnFailure::fail:
            return "";
        case OnFailure::go_on:
            return R"( stroke-dasharray="7 4")";
        case OnFailure::ignore:
            return R"( stroke-dasharray="2 4")";
    }
    return "";
}

std::string second_line(const GraphNode& node) {
    const auto progress = node_progress(node);
    return fmt::format("{}{}{}", name_of(node.look()), progress.empty() ? "" : " ", progress);
}

/// Where the layers and boxes are, in pixels.
class Drawing {
public:
    Drawing(const WorkflowView& view, const Graph& graph)
        : view_(view), graph_(graph), layout_(layout_of(graph)) {
        double left = margin;
        for (const auto& layer : layout_.layers) {
            double width = bend_width;
            for (const auto place : layer)
                width = std::max(width, box_width(place));
            lefts_.push_back(left);
            widths_.push_back(width);
            left += width + gap;
        }
        constexpr double least_width = 720;  // the legend's
        width_ = std::max(left - gap + margin, least_width);
        height_ =
            title_height + margin + static_cast<double>(layout_.rows) * row_height + legend_height;
    }

    [[nodiscard]] std::string text() && {
        begin();
        for (const auto& line : layout_.lines)
            draw_line(line);
        for (const auto& place : layout_.places) {
            if (place.node != Layout::bend) draw_node(place);
        }
        draw_legend();
        return std::move(text_ += "</svg>\n");
    }

private:
    [[nodiscard]] double box_width(std::size_t place) const {
        const auto index = layout_.places[place].node;
        if (index == Layout::bend) return bend_width;
        const auto& node = graph_.nodes[index];
        const auto widest = std::max(
            {text_width(node.label, name_size), text_width(second_line(node), small_size)});
        return std::clamp(widest + 2 * padding, narrowest_box, widest_box);
    }
    [[nodiscard]] double middle(const Layout::Place& place) const {
        return title_height + margin + place.row * row_height + box_height / 2;
    }
    [[nodiscard]] double left(const Layout::Place& place) const { return lefts_[place.layer]; }
    [[nodiscard]] double right(const Layout::Place& place) const {
        return lefts_[place.layer] + widths_[place.layer];
    }
    template <class... Values>
    void add(fmt::format_string<Values...> format, Values&&... values) {
        fmt::format_to(std::back_inserter(text_), format, std::forward<Values>(values)...);
    }
    void add_text(double x, double y, double size, std::string_view colour,
                  const std::string& text) {
        add("<text x=\"{:.1f}\" y=\"{:.1f}\" font-size=\"{}\" fill=\"{}\">{}</text>\n", x, y, size,
            colour, escaped(text));
    }
    void begin() {
        add("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{:.0f}\" height=\"{:.0f}\" "
            "viewBox=\"0 0 {:.0f} {:.0f}\" font-family=\"system-ui, 'DejaVu Sans', sans-serif\" "
            "role=\"img\">\n",
            width_, height_, width_, height_);
        const auto title = workflow_title(view_);
        add("<title>{}</title>\n", escaped(title));
        add("<defs><marker id=\"head\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" "
            "markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\"><path d=\"M0 0 8 4 0 8z\" "
            "fill=\"#64748b\"/></marker></defs>\n");
        add("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n");
        add_text(margin, margin + 12, 17, "#111827", fitted(title, 17, width_ - 2 * margin));
    }
    void draw_line(const Layout::Line& line) {
        const auto& from = layout_.places[line.from];
        const auto& to = layout_.places[line.to];
        const bool to_bend = to.node == Layout::bend;
        const double x1 = from.node == Layout::bend ? right(from) : box_right(from);
        const double y1 = middle(from), x2 = left(to) - (to_bend ? 0 : 2), y2 = middle(to);
        // Straight through the rest of its own layer first, so that no line hides behind a box.
        const double turn = right(from), half = (x2 - turn) / 2;
        add("<path d=\"M{:.1f} {:.1f}H{:.1f}C{:.1f} {:.1f} {:.1f} {:.1f} {:.1f} {:.1f}{}\" "
            "fill=\"none\" stroke=\"#64748b\" stroke-width=\"1.5\"{}{}/>\n",
            x1, y1, turn, turn + half, y1, x2 - half, y2, x2, y2,
            to_bend ? fmt::format("H{:.1f}", right(to)) : std::string{}, dashes_of(line.on_failure),
            to_bend ? "" : " marker-end=\"url(#head)\"");
    }
    [[nodiscard]] double box_right(const Layout::Place& place) const {
        const auto index = static_cast<std::size_t>(&place - layout_.places.data());
        return left(place) + box_width(index);
    }
    void draw_node(const Layout::Place& place) {
        const auto& node = graph_.nodes[place.node];
        const auto paint = paint_of(node.look());
        const double x = left(place), y = middle(place) - box_height / 2;
        const double width = box_right(place) - x, inner = width - 2 * padding;
        add("<g><title>{} ({}): {}</title>\n", escaped(node.label), escaped(node.type),
            escaped(second_line(node)));
        add("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" rx=\"8\" "
            "fill=\"{}\" stroke=\"{}\" stroke-width=\"1.5\"/>\n",
            x, y, width, box_height, paint.fill, paint.border);
        add_text(x + padding, y + 21, name_size, "#111827", fitted(node.label, name_size, inner));
        add_text(x + padding, y + 38, small_size, "#475569",
                 fitted(second_line(node), small_size, inner));
        if (node.count() > 1) draw_stripe(node, x + padding, y + box_height - 8, inner);
        add("</g>\n");
    }
    /// How many jobs of a node are where, as a bar.
    void draw_stripe(const GraphNode& node, double x, double y, double width) {
        for (const auto look : {Look::completed, Look::failed, Look::skipped, Look::running,
                                Look::retrying, Look::ready, Look::waiting}) {
            const auto count = node.jobs[static_cast<std::size_t>(look)];
            if (count == 0) continue;
            const double part =
                width * static_cast<double>(count) / static_cast<double>(node.count());
            add("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.2f}\" height=\"{}\" fill=\"{}\"/>\n", x,
                y, part, stripe_height, paint_of(look).border);
            x += part;
        }
    }
    void draw_legend() {
        const double y = height_ - legend_height + 22;
        double x = margin;
        for (std::size_t i = 0; i < look_count; ++i) {
            const auto look = static_cast<Look>(i);
            const auto paint = paint_of(look);
            add("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"14\" height=\"14\" rx=\"3\" fill=\"{}\" "
                "stroke=\"{}\" stroke-width=\"1.5\"/>\n",
                x, y - 12, paint.fill, paint.border);
            add_text(x + 20, y, small_size, "#475569", std::string{name_of(look)});
            x += 20 + text_width(name_of(look), small_size) + 18;
        }
        x = margin;
        const std::pair<OnFailure, std::string> lines[] = {
            {OnFailure::fail, "needs it to complete"},
            {OnFailure::go_on, "continues after a failure"},
            {OnFailure::ignore, "ignores a failure"}};
        for (const auto& [policy, meaning] : lines) {
            add("<path d=\"M{:.1f} {:.1f}h30\" stroke=\"#64748b\" stroke-width=\"1.5\"{}/>\n", x,
                y + 18, dashes_of(policy));
            add_text(x + 38, y + 22, small_size, "#475569", meaning);
            x += 38 + text_width(meaning, small_size) + 18;
        }
    }

    const WorkflowView& view_;
    const Graph& graph_;
    Layout layout_;
    std::vector<double> lefts_, widths_;  ///< by layer
    double width_ = 0, height_ = 0;
    std::string text_;
};

}  // namespace

std::string svg_text(const WorkflowView& view, const Graph& graph) {
    return Drawing{view, graph}.text();
}

}  // namespace errand::cli
