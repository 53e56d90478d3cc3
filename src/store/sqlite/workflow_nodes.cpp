#include "store/sqlite/workflow_nodes.hpp"

#include "store/sqlite/lease_row.hpp"
#include "store/sqlite/sql.hpp"

#include <utility>

namespace errand::sqlite {

namespace {

constexpr auto read_node = sql_named(sql::workflow_sql, "read_node");
constexpr auto end_node = sql_named(sql::workflow_sql, "end_node");
constexpr auto set_node_state = sql_named(sql::workflow_sql, "set_node_state");
constexpr auto edges_of = sql_named(sql::workflow_sql, "edges_of");
constexpr auto close_edge_to = sql_named(sql::workflow_sql, "close_edge");
constexpr auto open_edge_to = sql_named(sql::workflow_sql, "open_edge");
constexpr auto change_counts = sql_named(sql::workflow_sql, "change_counts");

std::uint64_t count_in(const Statement::Rows& rows, int column) {
    return static_cast<std::uint64_t>(rows.count(column));
}

std::optional<NodeRow> node_in(Statement::Rows rows) {
    if (!rows.next()) return std::nullopt;
    return NodeRow{rows.int64(0),     rows.int64(1),     core::NodeState(rows.int64(2)),
                   count_in(rows, 3), count_in(rows, 4), duration_in(rows, 5),
                   time_in(rows, 6)};
}

}  // namespace

std::optional<NodeRow> WorkflowNodes::read(std::int64_t n) {
    return node_in(writer_.statement(read_node).query(n));
}

std::optional<core::NodeState> WorkflowNodes::end(std::int64_t n, JobState end) {
    const auto if_released = core::state_after(core::NodeState::released, end);
    const auto if_pending = core::state_after(core::NodeState::pending, end);
    auto rows = writer_.statement(end_node).query(n, if_released, if_pending, end);
    if (!rows.next()) return std::nullopt;
    const auto now = core::NodeState(rows.int64(1));
    const auto before =
        now == core::NodeState::skipped ? core::NodeState::pending : core::NodeState::released;
    count(rows.int64(0), before, now);
    return now;
}

void WorkflowNodes::set_state(const NodeRow& node, core::NodeState to) {
    writer_.statement(set_node_state).run(node.n, to);
    count(node.workflow, node.state, to);
}

std::vector<WorkflowNodes::Edge> WorkflowNodes::edges(std::int64_t parent, std::int64_t after,
                                                      std::int64_t until, std::size_t max) {
    std::vector<Edge> edges;
    for (auto rows = writer_.statement(edges_of).query(parent, after, until, max); rows.next();)
        edges.push_back({rows.int64(0), OnFailure(rows.int64(1))});
    return edges;
}

std::optional<NodeRow> WorkflowNodes::close_edge(const Edge& edge, core::NodeState parent) {
    return change_edge(close_edge_to, edge, parent);
}

std::optional<NodeRow> WorkflowNodes::open_edge(const Edge& edge, core::NodeState parent) {
    return change_edge(open_edge_to, edge, parent);
}

std::optional<NodeRow> WorkflowNodes::change_edge(std::string_view sql, const Edge& edge,
                                                  core::NodeState parent) {
    const int bad = core::is_bad(parent, edge.on_failure) ? 1 : 0;
    return node_in(writer_.statement(sql).query(edge.child, bad));
}

void WorkflowNodes::count(std::int64_t workflow, core::NodeState from, core::NodeState to,
                          std::int64_t nodes) {
    auto& change = changes_[workflow];
    const auto at = [&](core::NodeState state) -> std::int64_t& {
        // What a damaged row says counts nowhere.
        const auto index = static_cast<std::size_t>(state);
        return change[index < change.size() ? index : 0];
    };
    at(from) -= nodes;
    at(to) += nodes;
}

std::vector<WorkflowStanding> WorkflowNodes::write_counts() {
    std::vector<WorkflowStanding> standings;
    for (const auto& [workflow, change] : std::exchange(changes_, {})) {
        auto rows = writer_.statement(change_counts)
                        .query(workflow, change[1], change[2], change[3], change[4], change[5]);
        if (!rows.next()) continue;
        standings.push_back({workflow,
                             WorkflowState(rows.int64(0)),
                             rows.int64(1) != 0,
                             {count_in(rows, 2), count_in(rows, 3), count_in(rows, 4),
                              count_in(rows, 5), count_in(rows, 6)}});
    }
    return standings;
}

}  // namespace errand::sqlite
