#include "cli/workflow/picture.hpp"

#include <fmt/format.h>

#include <array>

namespace errand::cli {
namespace {

constexpr std::array<Paint, look_count> paints{{
    {"#f6f7f9", "#9aa4b2"},  // waiting
    {"#ffffff", "#5b6776"},  // ready
    {"#dbeafe", "#2563eb"},  // running
    {"#fef3c7", "#b45309"},  // retrying
    {"#dcfce7", "#15803d"},  // completed
    {"#fee2e2", "#b91c1c"},  // failed
    {"#eceef1", "#b4bbc5"},  // skipped
}};

}  // namespace

Paint paint_of(Look look) noexcept {
    return paints[static_cast<std::size_t>(look)];
}

std::string node_progress(const GraphNode& node) {
    if (node.count() > 1) return fmt::format("{}/{}", grouped(node.ended()), grouped(node.count()));
    if (!node.progress || node.progress->total == 0) return {};
    return fmt::format("{}/{}", grouped(node.progress->current), grouped(node.progress->total));
}

std::string workflow_title(const WorkflowView& view) {
    auto text = view.name.empty() ? "workflow " + to_string(view.id) : one_line(view.name);
    text += fmt::format(": {}, {} of {} ended", to_string(view.state), grouped(view.counts.ended()),
                        grouped(view.counts.total()));
    if (view.counts.failed > 0) text += fmt::format(", {} failed", grouped(view.counts.failed));
    if (view.counts.skipped > 0) text += fmt::format(", {} skipped", grouped(view.counts.skipped));
    return text;
}

}  // namespace errand::cli
