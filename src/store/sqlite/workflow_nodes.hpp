#pragma once

#include "core/workflow/rules.hpp"
#include "store/sqlite/connection.hpp"

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <vector>

namespace errand::sqlite {

/// Jobs of workflows that ended in a call, in the order of their ends. Costs nothing where none
/// did.
class NodeEnds {
public:
    struct End {
        std::int64_t n;
        JobState state;
    };
    void note(std::int64_t n, JobState state) { ends_.push_back({n, state}); }
    [[nodiscard]] const std::vector<End>& all() const noexcept { return ends_; }

private:
    std::vector<End> ends_;
};

struct NodeRow {
    std::int64_t n, workflow;
    core::NodeState state;
    std::uint64_t open_parents, bad_parents;
    std::optional<Duration> delay;
    std::optional<Timestamp> run_at;

    [[nodiscard]] core::Verdict verdict() const noexcept {
        return core::verdict_on(open_parents, bad_parents);
    }
};

/// A workflow whose counts have changed.
struct WorkflowStanding {
    std::int64_t workflow;
    WorkflowState state;
    bool cancel_requested;
    WorkflowCounts counts;
};

/// The nodes of workflows and their edges within one open write transaction. Counts of workflows
/// are gathered, and written once.
class WorkflowNodes {
public:
    struct Edge {
        std::int64_t child;
        OnFailure on_failure;
    };
    static constexpr std::int64_t last = std::numeric_limits<std::int64_t>::max();

    explicit WorkflowNodes(Connection& writer) : writer_(writer) {}

    [[nodiscard]] std::optional<NodeRow> read(std::int64_t n);
    /// The job of a node ended; where the node stands now. None: it had ended before.
    std::optional<core::NodeState> end(std::int64_t n, JobState end);
    void set_state(const NodeRow& node, core::NodeState to);

    /// The edges of `parent` to children in ]after, until], at most `max`.
    [[nodiscard]] std::vector<Edge> edges(std::int64_t parent, std::int64_t after,
                                          std::int64_t until, std::size_t max);
    /// The child as it is now; none: it is not there any more.
    std::optional<NodeRow> close_edge(const Edge& edge, core::NodeState parent);
    std::optional<NodeRow> open_edge(const Edge& edge, core::NodeState parent);

    /// Nodes that changed without this class.
    void count(std::int64_t workflow, core::NodeState from, core::NodeState to,
               std::int64_t nodes = 1);
    /// Writes the counts that have changed, and says how these workflows stand, oldest first.
    std::vector<WorkflowStanding> write_counts();

private:
    std::optional<NodeRow> change_edge(std::string_view sql, const Edge& edge,
                                       core::NodeState parent);

    Connection& writer_;
    std::map<std::int64_t, std::array<std::int64_t, 6>> changes_;  ///< by workflow, by NodeState
};

}  // namespace errand::sqlite
