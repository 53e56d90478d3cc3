#include "store/sqlite/workflow_retry.hpp"

#include "store/sqlite/sql.hpp"

#include <vector>

namespace errand::sqlite {

namespace {

constexpr auto workflow_standing = sql_named(sql::workflow_sql, "workflow_standing");
constexpr auto continue_workflow = sql_named(sql::workflow_sql, "continue_workflow");
constexpr auto ended_after = sql_named(sql::workflow_sql, "ended_after");
constexpr auto leave_ended = sql_named(sql::workflow_sql, "leave_ended");
constexpr auto done_to_pending = sql_named(sql::workflow_sql, "done_to_pending");
constexpr auto leave_done = sql_named(sql::control_sql, "leave_done");

/// False: the job was removed.
bool move_to_pending(Connection& writer, std::int64_t n) {
    if (writer.statement(done_to_pending).run(n) == 0) return false;
    writer.statement(leave_done).run(n);
    return true;
}

}  // namespace

WorkflowRetry::Next WorkflowRetry::prepare(std::int64_t n) {
    const auto node = nodes_.read(n);
    if (!node || !may_go_on(node->workflow)) return Next::refused;
    reopen(n);
    const Next next = begin_or_wait(n);
    go_on(node->workflow);
    nodes_.write_counts();
    return next;
}

bool WorkflowRetry::may_go_on(std::int64_t workflow) {
    auto rows = writer_.statement(workflow_standing).query(workflow);
    const bool cancelling = !rows.next() || rows.int64(1) != 0;
    return !cancelling && rows.int64(2) == 0;
}

void WorkflowRetry::go_on(std::int64_t workflow) {
    if (writer_.statement(continue_workflow).run(workflow) != 0) events_.started(workflow);
}

void WorkflowRetry::reopen(std::int64_t n) {
    const auto node = nodes_.read(n);
    if (!node || !core::is_ended(node->state)) return;
    std::vector<std::int64_t> children;
    open_edges(n, node->state, children);
    nodes_.set_state(*node, core::NodeState::pending);
    for (const std::int64_t child : children)
        wait_again(child);
}

bool WorkflowRetry::wait_again(std::int64_t n) {
    bool first = true;
    std::vector<std::int64_t> left{n};
    while (!left.empty()) {
        const std::int64_t next = left.back();
        left.pop_back();
        const auto node = nodes_.read(next);
        const bool waits =
            node && node->state == core::NodeState::skipped && move_to_pending(writer_, next);
        if (first && !waits) return false;
        first = false;
        if (!waits) continue;
        open_edges(next, node->state, left);
        nodes_.set_state(*node, core::NodeState::pending);
        events_.retried(next, JobState::pending);
    }
    return true;
}

WorkflowRetry::Next WorkflowRetry::begin_or_wait(std::int64_t n) {
    const auto node = nodes_.read(n);
    if (node && node->open_parents > 0) {
        move_to_pending(writer_, n);
        return Next::waits;
    }
    // Also where a parent ended in a way that forbids it: somebody wants it to begin.
    if (node) nodes_.set_state(*node, core::NodeState::released);
    return Next::begins;
}

void WorkflowRetry::open_edges(std::int64_t n, core::NodeState state,
                               std::vector<std::int64_t>& children) {
    // Edges that were not worked off are open still.
    std::int64_t closed_until = WorkflowNodes::last;
    {
        auto rows = writer_.statement(ended_after).query(n);
        if (rows.next()) closed_until = rows.int64(0);
    }
    writer_.statement(leave_ended).run(n);
    constexpr std::size_t all = max_workflow_edges;
    for (const WorkflowNodes::Edge& edge : nodes_.edges(n, 0, closed_until, all)) {
        nodes_.open_edge(edge, state);
        children.push_back(edge.child);
    }
}

}  // namespace errand::sqlite
