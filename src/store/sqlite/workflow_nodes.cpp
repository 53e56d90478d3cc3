#include "store/sqlite/workflow_nodes.hpp"

#include "store/sqlite/lease_row.hpp"
#include "store/sqlite/sql.hpp"

#include <utility>

namespace errand::sqlite {

namespace {

constexpr auto read_node = sql_named(sql::workflow_sql, "read_node");
constexpr auto read_nodes = sql_named(sql::workflow_sql, "read_nodes");
constexpr auto unended_nodes = sql_named(sql::workflow_sql, "unended_nodes");
constexpr auto end_nodes = sql_named(sql::workflow_sql, "end_nodes");
constexpr auto release_nodes = sql_named(sql::workflow_sql, "release_nodes");
constexpr auto set_node_state = sql_named(sql::workflow_sql, "set_node_state");
constexpr auto edges_of = sql_named(sql::workflow_sql, "edges_of");
constexpr auto edges_of_parents = sql_named(sql::workflow_sql, "edges_of_all");
constexpr auto close_edges_to = sql_named(sql::workflow_sql, "close_edges");
constexpr auto open_edge_to = sql_named(sql::workflow_sql, "open_edge");
constexpr auto change_counts = sql_named(sql::workflow_sql, "change_counts");
constexpr auto change_counts_of_run = sql_named(sql::workflow_sql, "change_counts_of_run");
constexpr auto workflows_over = sql_named(sql::workflow_sql, "workflows_over");

/// Fewer workflows are changed together with others rather than as a range.
constexpr std::size_t smallest_run = 8;

std::uint64_t count_in(const Statement::Rows& rows, int column) {
    return static_cast<std::uint64_t>(rows.count(column));
}

NodeRow node_in(const Statement::Rows& rows) {
    return {rows.int64(0),     rows.int64(1),     core::NodeState(rows.int64(2)),
            count_in(rows, 3), count_in(rows, 4), duration_in(rows, 5),
            time_in(rows, 6),  rows.int64(7) != 0};
}

}  // namespace

std::optional<NodeRow> WorkflowNodes::read(std::int64_t n) {
    auto rows = writer_.statement(read_node).query(n);
    if (!rows.next()) return std::nullopt;
    return node_in(rows);
}

std::vector<NodeRow> WorkflowNodes::read_all(std::span<const std::int64_t> jobs) {
    std::vector<NodeRow> nodes;
    nodes.reserve(jobs.size());
    const NumberList list{jobs};
    for (auto rows = writer_.statement(read_nodes).query(list); rows.next();)
        nodes.push_back(node_in(rows));
    return nodes;
}

std::vector<EndedNode> WorkflowNodes::end(std::span<const std::int64_t> jobs, JobState end) {
    std::vector<EndedNode> ended;
    std::map<core::NodeState, std::vector<std::int64_t>> by_state;
    {
        const NumberList list{jobs};
        for (auto rows = writer_.statement(unended_nodes).query(list); rows.next();) {
            const auto before = core::NodeState(rows.int64(2));
            const auto now = core::state_after(before, end);
            ended.push_back({rows.int64(0), now});
            // Of one that completed errand_done says it.
            const bool is_said =
                before == core::NodeState::released && now == core::NodeState::completed;
            if (!is_said) by_state[now].push_back(rows.int64(0));
            count(rows.int64(1), before, now);
        }
    }
    for (const auto& [state, nodes] : by_state) {
        // Of others the state says it.
        const bool failed = state == core::NodeState::failed;
        writer_.statement(end_nodes).run(NumberList{nodes}, state,
                                         failed ? std::optional{end} : std::nullopt);
    }
    return ended;
}

void WorkflowNodes::release(std::span<const NodeRow> nodes, const NumberList& jobs, Timestamp due) {
    writer_.statement(release_nodes).run(jobs, due);
    for (const NodeRow& node : nodes)
        count(node.workflow, node.state, core::NodeState::released);
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

std::vector<WorkflowNodes::ParentEdge> WorkflowNodes::edges_of_all(
    std::span<const std::int64_t> parents, std::int64_t after, std::size_t max) {
    std::vector<ParentEdge> all;
    if (parents.size() == 1) {
        for (const Edge& edge : edges(parents.front(), after, last, max))
            all.push_back({0, edge});
        return all;
    }
    const NumberList list{parents};
    for (auto rows = writer_.statement(edges_of_parents).query(list, max); rows.next();) {
        all.push_back(
            {static_cast<std::size_t>(rows.int64(0)), {rows.int64(1), OnFailure(rows.int64(2))}});
    }
    return all;
}

void WorkflowNodes::close_edges(std::span<const std::int64_t> children, std::uint64_t edges,
                                std::uint64_t bad) {
    writer_.statement(close_edges_to).run(NumberList{children}, edges, bad);
}

void WorkflowNodes::open_edge(const Edge& edge, core::NodeState parent) {
    const int bad = core::is_bad(parent, edge.on_failure) ? 1 : 0;
    writer_.statement(open_edge_to).run(edge.child, bad);
}

void WorkflowNodes::count(std::int64_t workflow, core::NodeState from, core::NodeState to,
                          std::int64_t nodes) {
    auto& changes = changes_[workflow];
    auto& change = changes.counts;
    changes.goes_on |= to == core::NodeState::released;
    const auto at = [&](core::NodeState state) -> std::int64_t& {
        // What a damaged row says counts nowhere.
        const auto index = static_cast<std::size_t>(state);
        return change[index < change.size() ? index : 0];
    };
    at(from) -= nodes;
    at(to) += nodes;
}

std::vector<WorkflowStanding> WorkflowNodes::write_counts() {
    // Many small workflows go the same step at once.
    std::map<Change, std::vector<std::int64_t>> by_change;
    std::vector<std::int64_t> perhaps_over;
    for (const auto& [workflow, changes] : std::exchange(changes_, {})) {
        by_change[changes.counts].push_back(workflow);
        if (!changes.goes_on) perhaps_over.push_back(workflow);
    }
    for (const auto& [counts, workflows] : by_change)
        change(workflows, counts);
    std::vector<WorkflowStanding> over;
    if (perhaps_over.empty()) return over;
    const NumberList list{perhaps_over};
    for (auto rows = writer_.statement(workflows_over).query(list); rows.next();) {
        over.push_back({rows.int64(0),
                        rows.int64(1) != 0,
                        {count_in(rows, 2), count_in(rows, 3), count_in(rows, 4), count_in(rows, 5),
                         count_in(rows, 6)},
                        rows.int64(7) != 0});
    }
    return over;
}

/// `workflows` ascend.
void WorkflowNodes::change(std::span<const std::int64_t> workflows, const Change& change) {
    // Those that were submitted one after the other mostly go on together.
    std::vector<std::int64_t> others;
    while (!workflows.empty()) {
        std::size_t run = 1;
        while (run < workflows.size() &&
               workflows[run] == workflows.front() + static_cast<std::int64_t>(run))
            ++run;
        if (run >= smallest_run) {
            writer_.statement(change_counts_of_run)
                .run(workflows.front(), change[2], change[3], change[4], change[5], change[6],
                     workflows[run - 1]);
        } else {
            others.insert(others.end(), workflows.begin(),
                          workflows.begin() + static_cast<std::ptrdiff_t>(run));
        }
        workflows = workflows.subspan(run);
    }
    if (others.empty()) return;
    writer_.statement(change_counts)
        .run(NumberList{others}, change[2], change[3], change[4], change[5], change[6]);
}

}  // namespace errand::sqlite
