#include "store/checks.hpp"
#include "store/sqlite/sql.hpp"
#include "store/sqlite/store_impl.hpp"
#include "store/sqlite/workflow_rows.hpp"
#include "store/workflow_checks.hpp"

#include "core/workflow/rules.hpp"

#include <limits>
#include <utility>

// Looking at workflows.

namespace errand::sqlite {

namespace {

constexpr auto workflow_view = sql_named(sql::workflow_sql, "workflow_view");
constexpr auto workflow_number = sql_named(sql::workflow_sql, "workflow_number");
constexpr auto workflows_before = sql_named(sql::workflow_sql, "workflows_before");
constexpr auto workflows_in_state_before =
    sql_named(sql::workflow_sql, "workflows_in_state_before");
constexpr auto jobs_of_workflow = sql_named(sql::workflow_sql, "jobs_of_workflow");
constexpr auto parents_of = sql_named(sql::workflow_sql, "parents_of");
constexpr auto parent_result = sql_named(sql::workflow_sql, "parent_result");

std::optional<std::int64_t> number_of(Connection& reader, const WorkflowId& id) {
    auto rows = reader.statement(workflow_number).query(id);
    if (!rows.next()) return std::nullopt;
    return rows.int64(0);
}

/// Of a job that has not ended: where it rests, by a row of jobs_of_workflow.
JobState resting_state(core::NodeState node, const Statement::Rows& rows) {
    if (node == core::NodeState::pending) return JobState::pending;
    if (rows.int64(7) != 0) return JobState::active;
    return rows.is_null(8) ? JobState::available : static_cast<JobState>(rows.int64(8));
}

WorkflowJobView read_node_view(Connection& reader, const LaneTable& lanes,
                               const Statement::Rows& rows) {
    WorkflowJobView view;
    view.name = rows.string(1);
    const auto state = core::NodeState(rows.int64(2));
    view.skipped = state == core::NodeState::skipped;
    view.state =
        core::is_ended(state) ? static_cast<JobState>(rows.int64(3)) : resting_state(state, rows);
    view.after = read_after(rows.text(4));
    view.id = rows.job_id(5);
    auto lane = lanes.at(rows.int64(6), reader);
    view.type = std::move(lane.type);
    view.queue = std::move(lane.queue);
    if (!rows.is_null(9)) {
        view.progress = {static_cast<std::uint64_t>(rows.int64(9)),
                         static_cast<std::uint64_t>(rows.int64(10)), rows.string(11)};
    }
    return view;
}

}  // namespace

std::optional<WorkflowView> SqliteStore::find_workflow(const WorkflowId& id) {
    auto reader = database_.read();
    auto rows = reader->statement(workflow_view).query(id);
    if (!rows.next()) return std::nullopt;
    return read_workflow_view(rows);
}

std::vector<WorkflowView> SqliteStore::list_workflows(std::optional<WorkflowState> state,
                                                      std::optional<WorkflowId> before,
                                                      std::uint32_t max) {
    store::check_page_limit(max);
    auto reader = database_.read();
    auto below = std::numeric_limits<std::int64_t>::max();
    if (before) {
        const auto number = number_of(*reader, *before);
        if (!number) store::throw_no_workflow(*before);
        below = *number;
    }
    std::vector<WorkflowView> views;
    auto rows = state ? reader->statement(workflows_in_state_before).query(below, max, *state)
                      : reader->statement(workflows_before).query(below, max);
    while (rows.next())
        views.push_back(read_workflow_view(rows));
    return views;
}

WorkflowJobPage SqliteStore::workflow_jobs(const WorkflowId& id, std::uint64_t from,
                                           std::uint32_t max) {
    store::check_workflow_page(max);
    WorkflowJobPage page;
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (from > most) return page;
    auto reader = database_.read();
    lanes_.refresh(*reader);
    const auto workflow = number_of(*reader, id);
    if (!workflow) return page;
    auto rows = reader->statement(jobs_of_workflow).query(*workflow, from, max + std::uint64_t{1});
    while (rows.next()) {
        if (page.jobs.size() == max) {
            page.next = static_cast<std::uint64_t>(rows.int64(0));
            break;
        }
        page.jobs.push_back(read_node_view(*reader, lanes_, rows));
    }
    return page;
}

std::vector<ParentResult> SqliteStore::parent_results(const JobId& job) {
    std::vector<ParentResult> results;
    auto reader = database_.read();
    std::int64_t workflow = 0;
    std::vector<Dependency> after;
    {
        auto rows = reader->statement(parents_of).query(job);
        if (!rows.next()) return results;
        workflow = rows.int64(0);
        after = read_after(rows.text(1));
    }
    for (const Dependency& dependency : after) {
        auto rows = reader->statement(parent_result).query(workflow, dependency.parent);
        if (!rows.next() || !core::is_ended(core::NodeState(rows.int64(0)))) continue;
        results.push_back({dependency.parent, rows.job_id(2), static_cast<JobState>(rows.int64(1)),
                           rows.string(3)});
    }
    return results;
}

}  // namespace errand::sqlite
