#include "store/sqlite/workflow_prune.hpp"

#include "store/sqlite/resting.hpp"
#include "store/sqlite/sql.hpp"
#include "store/sqlite/unique_keys.hpp"
#include "store/workflow_checks.hpp"

#include <errand/workflow.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace errand::sqlite {

namespace {

constexpr auto half_pruned = sql_named(sql::workflow_sql, "half_pruned");
constexpr auto workflows_ended_by = sql_named(sql::workflow_sql, "workflows_ended_by");
constexpr auto hide_workflow = sql_named(sql::workflow_sql, "hide_workflow");
constexpr auto nodes_to_prune = sql_named(sql::workflow_sql, "nodes_to_prune");
constexpr auto remove_node = sql_named(sql::workflow_sql, "remove_node");
constexpr auto remove_after = sql_named(sql::workflow_sql, "remove_after");
constexpr auto remove_edges = sql_named(sql::workflow_sql, "remove_edges");
constexpr auto leave_ended = sql_named(sql::workflow_sql, "leave_ended");
constexpr auto remove_workflow = sql_named(sql::workflow_sql, "remove_workflow");
constexpr auto leave_done = sql_named(sql::control_sql, "leave_done");

constexpr std::array end_states{WorkflowState::completed, WorkflowState::partial,
                                WorkflowState::failed, WorkflowState::cancelled};

}  // namespace

std::vector<std::int64_t> find_prunable_workflows(Connection& reader, const Retention& retention,
                                                  Timestamp now, std::uint32_t max) {
    std::vector<std::int64_t> found;
    for (auto rows = reader.statement(half_pruned).query(max); rows.next();)
        found.push_back(rows.int64(0));
    const auto begun = static_cast<std::ptrdiff_t>(found.size());
    for (const auto state : end_states) {
        const Timestamp cut = now - store::kept_for(state, retention);
        for (auto rows = reader.statement(workflows_ended_by).query(state, cut, max); rows.next();)
            found.push_back(rows.int64(0));
    }
    std::sort(found.begin() + begun, found.end());
    if (found.size() > max) found.resize(max);
    return found;
}

std::uint32_t prune_workflow(Connection& writer, std::int64_t workflow, Timestamp now,
                             std::uint32_t max) {
    // An operator's retry may have come in between.
    if (writer.statement(hide_workflow).run(workflow) == 0) return 0;
    std::vector<std::pair<std::int64_t, std::int64_t>> nodes;
    for (auto rows = writer.statement(nodes_to_prune).query(workflow, max); rows.next();)
        nodes.emplace_back(rows.int64(0), rows.int64(1));
    UniqueKeys unique{writer, now};
    for (const auto& [n, flags] : nodes) {
        if (writer.statement(leave_done).run(n) != 0) remove_rows(writer, unique, n, flags);
        writer.statement(leave_ended).run(n);
        writer.statement(remove_edges).run(n);
        writer.statement(remove_after).run(n);
        writer.statement(remove_node).run(n);
    }
    writer.statement(remove_workflow).run(workflow);
    return static_cast<std::uint32_t>(nodes.size());
}

}  // namespace errand::sqlite
