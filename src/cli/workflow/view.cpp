#include "cli/workflow/view.hpp"

#include "cli/workflow/layout.hpp"
#include "cli/workflow/terminal_graph.hpp"

#include <fmt/format.h>

#include <iterator>

namespace errand::cli {
namespace {

constexpr std::size_t terminal_nodes = 60;
constexpr std::size_t any_width = 4'000;  ///< of lines that go to a file or a pipe

Colour colour_of_state(WorkflowState state) noexcept {
    switch (state) {
        case WorkflowState::running:
            return Colour::blue;
        case WorkflowState::completed:
            return Colour::green;
        case WorkflowState::partial:
            return Colour::yellow;
        case WorkflowState::failed:
            return Colour::red;
        case WorkflowState::cancelled:
            return Colour::dim;
    }
    return Colour::none;
}

std::string counts_text(const WorkflowCounts& counts) {
    std::string text;
    const auto add = [&](std::uint64_t count, std::string_view word) {
        if (count == 0) return;
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", grouped(count), word);
    };
    add(counts.completed, "completed");
    add(counts.failed, "failed");
    add(counts.skipped, "skipped");
    add(counts.released, "released");
    add(counts.pending, "waiting");
    return text;
}

std::string time_text(Timestamp at, Timestamp now) {
    return fmt::format("{} ({} ago)", format_timestamp(at), human_age(now - at));
}

/// The graph when it can be read, otherwise the table.
std::string drawing(const Graph& graph, const Looking& looking) {
    const auto width = looking.width == 0 ? any_width : looking.width;
    for (const bool is_whole : {true, false}) {
        const auto shown = is_whole ? graph : collapsed(graph);
        if (is_too_large(shown, terminal_nodes)) continue;
        if (auto text = terminal_graph(shown, width, looking.colour)) {
            return *text + "\n" + graph_legend(shown, looking.colour) + "\n";
        }
    }
    return layer_table(graph, looking.width, looking.colour);
}

}  // namespace

bool is_too_large(const Graph& graph, std::size_t nodes) {
    return graph.nodes.size() > nodes || bend_count(graph) > 4 * nodes;
}

Table workflow_table(const std::vector<WorkflowView>& views, Timestamp now) {
    Table table{{{"ID"}, {"STATE"}, {"DONE", true}, {"FAILED", true}, {"AGE", true}, {"NAME"}}};
    for (const auto& view : views) {
        table.add_row(
            {to_string(view.id),
             {std::string{to_string(view.state)}, colour_of_state(view.state)},
             fmt::format("{}/{}", grouped(view.counts.ended()), grouped(view.counts.total())),
             {grouped(view.counts.failed), view.counts.failed > 0 ? Colour::red : Colour::none},
             human_age(now - view.created_at),
             one_line(view.name)});
    }
    return table;
}

std::string workflow_details(const WorkflowView& view, const Graph& graph, const Looking& looking) {
    constexpr std::size_t bar_cells = 30;
    std::string text;
    const auto add = [&](std::string_view name, const std::string& value) {
        fmt::format_to(std::back_inserter(text), "{:<10} {}\n", name, value);
    };
    add("id", to_string(view.id));
    if (!view.name.empty()) add("name", one_line(view.name));
    add("state", painted(to_string(view.state), colour_of_state(view.state), looking.colour) +
                     (view.cancel_requested ? " (being cancelled)" : ""));
    add("progress",
        bar_text(view.counts.ended(), view.counts.total(), bar_cells) +
            fmt::format("  {} of {}", grouped(view.counts.ended()), grouped(view.counts.total())));
    add("jobs", counts_text(view.counts));
    if (view.run > 1) add("run", fmt::format("{} (it was retried)", view.run));
    add("created", time_text(view.created_at, looking.now));
    if (view.finished_at) add("finished", time_text(*view.finished_at, looking.now));
    const std::pair<std::string_view, const std::optional<NewJob>*> callbacks[] = {
        {"on success", &view.callbacks.on_success},
        {"on failure", &view.callbacks.on_failure},
        {"on end", &view.callbacks.on_complete}};
    for (const auto& [name, job] : callbacks) {
        if (*job) add(name, one_line((*job)->type));
    }
    return text + "\n" + drawing(graph, looking);
}

}  // namespace errand::cli
