#pragma once

#include "core/workflow/rules.hpp"
#include "store/sqlite/connection.hpp"

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
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
    bool has_key;

    [[nodiscard]] core::Verdict verdict() const noexcept {
        return core::verdict_on(open_parents, bad_parents);
    }
};

/// A node whose job ended, and where it stands now.
struct EndedNode {
    std::int64_t n;
    core::NodeState state;
};

/// A workflow that runs, but has nothing left to do.
struct WorkflowStanding {
    std::int64_t workflow;
    bool cancel_requested;
    WorkflowCounts counts;
    bool has_callbacks;
};

/// The nodes of workflows and their edges within one open write transaction. Counts of workflows
/// are gathered, and written once.
class WorkflowNodes {
public:
    struct Edge {
        std::int64_t child;
        OnFailure on_failure;
    };
    struct ParentEdge {
        std::size_t parent;  ///< its place in the list
        Edge edge;
    };
    static constexpr std::int64_t last = std::numeric_limits<std::int64_t>::max();

    explicit WorkflowNodes(Connection& writer) : writer_(writer) {}

    [[nodiscard]] std::optional<NodeRow> read(std::int64_t n);
    /// Those that are there, in the order given.
    [[nodiscard]] std::vector<NodeRow> read_all(std::span<const std::int64_t> jobs);
    /// Their jobs ended by this, all in the same way, and rest in errand_done or are removed. In
    /// the order given; those of which it was noted before are left out. No number may stand there
    /// twice.
    std::vector<EndedNode> end(std::span<const std::int64_t> jobs, JobState end);
    void set_state(const NodeRow& node, core::NodeState to);
    /// `nodes`, whose numbers `jobs` are, have no open parents any more and are due at `due`.
    void release(std::span<const NodeRow> nodes, const NumberList& jobs, Timestamp due);

    /// The edges of `parent` to children in ]after, until], at most `max`.
    [[nodiscard]] std::vector<Edge> edges(std::int64_t parent, std::int64_t after,
                                          std::int64_t until, std::size_t max);
    /// The edges of these parents in their order, then by child, at most `max`. Of a single one
    /// only those to children after `after`, which is 0 for several.
    [[nodiscard]] std::vector<ParentEdge> edges_of_all(std::span<const std::int64_t> parents,
                                                       std::int64_t after, std::size_t max);
    /// So many edges to each of these children are closed, `bad` of which forbid it to begin.
    void close_edges(std::span<const std::int64_t> children, std::uint64_t edges,
                     std::uint64_t bad);
    void open_edge(const Edge& edge, core::NodeState parent);

    /// Nodes that changed without this class.
    void count(std::int64_t workflow, core::NodeState from, core::NodeState to,
               std::int64_t nodes = 1);
    /// Writes the counts that have changed, and says which of these workflows are over, oldest
    /// first.
    std::vector<WorkflowStanding> write_counts();

private:
    using Change = std::array<std::int64_t, 7>;  ///< by NodeState
    struct Changes {
        Change counts{};
        bool goes_on = false;  ///< a job was released, so there is something left to do
    };

    void change(std::span<const std::int64_t> workflows, const Change& change);

    Connection& writer_;
    std::map<std::int64_t, Changes> changes_;  ///< by workflow
};

}  // namespace errand::sqlite
