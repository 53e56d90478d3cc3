#pragma once

#include "cli/terminal.hpp"

#include <errand/workflow.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// A workflow as something to draw.

namespace errand::cli {

/// How a job looks in a picture.
enum class Look : std::uint8_t { waiting, ready, running, retrying, completed, failed, skipped };
inline constexpr std::size_t look_count = 7;

[[nodiscard]] Look look_of(const WorkflowJobView& job) noexcept;
[[nodiscard]] std::string_view name_of(Look look) noexcept;    ///< "running"
[[nodiscard]] std::string_view symbol_of(Look look) noexcept;  ///< one character
[[nodiscard]] Colour colour_of(Look look) noexcept;            ///< in a terminal

/// One job, or several that stand in the same place.
struct GraphNode {
    std::string label;                             ///< safe to show
    std::string type;                              ///< safe to show
    std::array<std::uint64_t, look_count> jobs{};  ///< how many, by Look
    std::optional<Progress> progress{};            ///< of a single running job

    [[nodiscard]] std::uint64_t count() const noexcept;
    [[nodiscard]] std::uint64_t ended() const noexcept;
    /// The one that people should know of first: failed before running before waiting …
    [[nodiscard]] Look look() const noexcept;
};

struct GraphLine {
    std::size_t from = 0, to = 0;  ///< places in Graph::nodes
    OnFailure on_failure = OnFailure::fail;
};

struct Graph {
    std::vector<GraphNode> nodes;
    std::vector<GraphLine> lines;
};

/// A node per job. Parents that are not among the jobs are left out.
[[nodiscard]] Graph graph_of(const std::vector<WorkflowJobView>& jobs);

/// The same with one node for all jobs of a type that have the same jobs before and after them.
[[nodiscard]] Graph collapsed(const Graph& graph);

/// By node: how many lines lead to it at the longest, from a node without any.
[[nodiscard]] std::vector<std::size_t> layers_of(const Graph& graph);

}  // namespace errand::cli
