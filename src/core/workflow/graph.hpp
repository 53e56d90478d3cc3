#pragma once

#include <errand/workflow.hpp>

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace errand::core {

/// An edge between two jobs of a list, named by their positions in it.
struct GraphEdge {
    std::uint32_t child = 0;
    std::uint32_t parent = 0;
    OnFailure on_failure = OnFailure::fail;
    bool operator==(const GraphEdge&) const = default;
};

/// An edge whose parent is not in the list.
struct OuterEdge {
    std::uint32_t child = 0;
    std::string_view parent;  ///< a view into the list
    OnFailure on_failure = OnFailure::fail;
};

/// The edges of a list of jobs, by child and in the order of its `after`.
struct JobGraph {
    std::vector<GraphEdge> edges;
    std::vector<OuterEdge> outer;
};

/// Finds the jobs that come after one another, in time linear in jobs and edges. The graph holds
/// views into `jobs`. Throws Error: invalid_argument for a name or a parent that is given twice and
/// for a cycle, of which it names the path "a → b → a"; limit_exceeded for too many edges.
[[nodiscard]] JobGraph make_graph(std::span<const WorkflowJob> jobs);

/// Throws Error (invalid_argument) for a parent that no job is called.
[[noreturn]] void refuse_unknown_parent(std::string_view child, std::string_view parent);

}  // namespace errand::core
