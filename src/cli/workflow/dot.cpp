#include "cli/workflow/picture.hpp"

#include <fmt/format.h>

#include <iterator>

namespace errand::cli {
namespace {

std::string dot_string(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') result += '\\';
        result += c;
    }
    return result + '"';
}

std::string_view style_of(OnFailure policy) noexcept {
    switch (policy) {
        case OnFailure::fail:
            return "solid";
        case OnFailure::go_on:
            return "dashed";
        case OnFailure::ignore:
            return "dotted";
    }
    return "solid";
}

std::string node_label(const GraphNode& node) {
    const auto progress = node_progress(node);
    // Two lines: Graphviz reads \n between quotes as a line break.
    auto label = dot_string(node.label);
    label.pop_back();
    label +=
        fmt::format("\\n{}{}{}\"", name_of(node.look()), progress.empty() ? "" : " ", progress);
    return label;
}

}  // namespace

std::string dot_text(const WorkflowView& view, const Graph& graph) {
    std::string text = fmt::format(
        "digraph workflow {{\n"
        "  label={}; labelloc=t; rankdir=LR; fontname=\"sans-serif\";\n"
        "  node [shape=box, style=\"rounded,filled\", fontname=\"sans-serif\"];\n",
        dot_string(workflow_title(view)));
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        const auto& node = graph.nodes[i];
        const auto paint = paint_of(node.look());
        fmt::format_to(std::back_inserter(text),
                       "  n{} [label={}, tooltip={}, fillcolor=\"{}\", color=\"{}\"];\n", i,
                       node_label(node), dot_string(node.type), paint.fill, paint.border);
    }
    for (const auto& line : graph.lines) {
        fmt::format_to(std::back_inserter(text), "  n{} -> n{} [style={}];\n", line.from, line.to,
                       style_of(line.on_failure));
    }
    return text + "}\n";
}

}  // namespace errand::cli
