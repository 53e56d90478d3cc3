#include "cli/workflow/graph.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <unordered_map>
#include <utility>

namespace errand::cli {
namespace {

struct LookText {
    std::string_view name, symbol;
    Colour colour;
};
constexpr std::array<LookText, look_count> looks{{
    {"waiting", "◌", Colour::dim},
    {"ready", "○", Colour::none},
    {"running", "●", Colour::blue},
    {"retrying", "↻", Colour::yellow},
    {"completed", "✔", Colour::green},
    {"failed", "✘", Colour::red},
    {"skipped", "–", Colour::dim},
}};

/// What a node of several jobs is called: what their names have in common.
std::string common_label(const std::string& first, const std::string& last, std::uint64_t count) {
    if (count == 1) return first;
    const auto differs = std::ranges::mismatch(first, last).in1;
    std::string common(first.begin(), differs);
    constexpr std::string_view numbering = "0123456789-.:_";
    while (!common.empty() && numbering.find(common.back()) != std::string_view::npos)
        common.pop_back();
    return fmt::format("{} ×{}", common.empty() ? first + " …" : common, grouped(count));
}

/// The nodes before and after each one, sorted.
struct Neighbours {
    explicit Neighbours(const Graph& graph)
        : before(graph.nodes.size()), after(graph.nodes.size()) {
        for (const auto& line : graph.lines) {
            before[line.to].push_back(line.from);
            after[line.from].push_back(line.to);
        }
        for (auto* lists : {&before, &after}) {
            for (auto& list : *lists)
                std::ranges::sort(list);
        }
    }
    std::vector<std::vector<std::size_t>> before, after;
};

}  // namespace

Look look_of(const WorkflowJobView& job) noexcept {
    switch (job.state) {
        case JobState::pending:
            return Look::waiting;
        case JobState::scheduled:
        case JobState::available:
            return Look::ready;
        case JobState::active:
            return Look::running;
        case JobState::retryable:
            return Look::retrying;
        case JobState::completed:
            return Look::completed;
        case JobState::discarded:
        case JobState::cancelled:
            break;
    }
    return job.skipped ? Look::skipped : Look::failed;
}

std::string_view name_of(Look look) noexcept {
    return looks[static_cast<std::size_t>(look)].name;
}
std::string_view symbol_of(Look look) noexcept {
    return looks[static_cast<std::size_t>(look)].symbol;
}
Colour colour_of(Look look) noexcept {
    return looks[static_cast<std::size_t>(look)].colour;
}

std::uint64_t GraphNode::count() const noexcept {
    return std::accumulate(jobs.begin(), jobs.end(), std::uint64_t{0});
}

std::uint64_t GraphNode::ended() const noexcept {
    std::uint64_t sum = 0;
    for (const auto look : {Look::completed, Look::failed, Look::skipped})
        sum += jobs[static_cast<std::size_t>(look)];
    return sum;
}

Look GraphNode::look() const noexcept {
    for (const auto look :
         {Look::failed, Look::running, Look::retrying, Look::ready, Look::waiting, Look::skipped}) {
        if (jobs[static_cast<std::size_t>(look)] > 0) return look;
    }
    return Look::completed;
}

Graph graph_of(const std::vector<WorkflowJobView>& jobs) {
    Graph graph;
    std::unordered_map<std::string_view, std::size_t> places;
    for (const auto& job : jobs) {
        places.emplace(job.name, graph.nodes.size());
        auto& node = graph.nodes.emplace_back();
        node.label = one_line(job.name);
        node.type = one_line(job.type);
        node.jobs[static_cast<std::size_t>(look_of(job))] = 1;
        if (job.state == JobState::active) node.progress = job.progress;
    }
    for (std::size_t to = 0; to < jobs.size(); ++to) {
        for (const auto& edge : jobs[to].after) {
            const auto from = places.find(edge.parent);
            if (from != places.end()) graph.lines.push_back({from->second, to, edge.on_failure});
        }
    }
    return graph;
}

Graph collapsed(const Graph& graph) {
    Neighbours neighbours{graph};
    using Key =
        std::pair<std::string_view, std::pair<std::vector<std::size_t>, std::vector<std::size_t>>>;
    std::map<Key, std::size_t> groups;
    std::vector<std::size_t> group_of(graph.nodes.size());
    std::vector<std::pair<std::size_t, std::size_t>> ends;  // first and last node of each group
    Graph result;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        const auto& node = graph.nodes[i];
        Key key{node.type, {std::move(neighbours.before[i]), std::move(neighbours.after[i])}};
        const auto [entry, is_new] = groups.try_emplace(std::move(key), result.nodes.size());
        group_of[i] = entry->second;
        if (is_new) {
            result.nodes.push_back(node);
            ends.emplace_back(i, i);
            continue;
        }
        auto& group = result.nodes[entry->second];
        for (std::size_t look = 0; look < look_count; ++look)
            group.jobs[look] += node.jobs[look];
        group.progress.reset();
        ends[entry->second].second = i;
    }
    for (std::size_t i = 0; i < result.nodes.size(); ++i) {
        result.nodes[i].label =
            common_label(graph.nodes[ends[i].first].label, graph.nodes[ends[i].second].label,
                         result.nodes[i].count());
    }
    std::map<std::pair<std::size_t, std::size_t>, OnFailure> lines;
    for (const auto& line : graph.lines)
        lines.try_emplace({group_of[line.from], group_of[line.to]}, line.on_failure);
    for (const auto& [ends_of_line, policy] : lines)
        result.lines.push_back({ends_of_line.first, ends_of_line.second, policy});
    return result;
}

std::vector<std::size_t> layers_of(const Graph& graph) {
    const Neighbours neighbours{graph};
    std::vector<std::size_t> layers(graph.nodes.size()), open(graph.nodes.size()), ready;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        open[i] = neighbours.before[i].size();
        if (open[i] == 0) ready.push_back(i);
    }
    for (std::size_t next = 0; next < ready.size(); ++next) {
        const auto node = ready[next];
        for (const auto child : neighbours.after[node]) {
            layers[child] = std::max(layers[child], layers[node] + 1);
            if (--open[child] == 0) ready.push_back(child);
        }
    }
    return layers;
}

}  // namespace errand::cli
