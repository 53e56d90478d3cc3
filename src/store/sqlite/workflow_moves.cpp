#include "store/sqlite/workflow_moves.hpp"

#include "store/checks.hpp"
#include "store/sqlite/flags.hpp"
#include "store/sqlite/sql.hpp"
#include "store/sqlite/waiting.hpp"

#include <string>

namespace errand::sqlite {

namespace {

constexpr auto key_of_job = sql_named(sql::turn_sql, "key_of");
constexpr auto set_due = sql_named(sql::workflow_sql, "set_due");
constexpr auto pending_to_scheduled = sql_named(sql::workflow_sql, "pending_to_scheduled");
constexpr auto pending_to_ready = sql_named(sql::workflow_sql, "pending_to_ready");
constexpr auto pending_to_done = sql_named(sql::workflow_sql, "pending_to_done");
constexpr auto leave_pending = sql_named(sql::workflow_sql, "leave_pending");

}  // namespace

void WorkflowMoves::release_all(std::span<const NodeRow> nodes) {
    if (nodes.empty()) return;
    std::vector<std::int64_t> jobs;
    jobs.reserve(nodes.size());
    for (const NodeRow& node : nodes)
        jobs.push_back(node.n);
    const NumberList list{jobs};
    nodes_.release(nodes, list, now_);
    if (writer_.statement(pending_to_ready).run(list, now_) != 0) available_ = true;
    writer_.statement(leave_pending).run(list);
}

void WorkflowMoves::release(const NodeRow& node) {
    NewJob timing;
    timing.delay = node.delay.value_or(Duration::zero());
    timing.run_at = node.run_at;
    const Timestamp due = store::due_time(timing, now_);
    std::string key;
    if (node.has_key) {
        auto rows = writer_.statement(key_of_job).query(node.n);
        if (rows.next()) key = rows.string(0);
    }
    writer_.statement(set_due).run(node.n, due);
    nodes_.set_state(node, core::NodeState::released);
    if (due > now_) {
        writer_.statement(pending_to_scheduled).run(node.n, due);
        scheduled = true;
    } else if (end_waiting(writer_, turns_, node.n, key, false)) {
        available_ = true;
    }
}

std::vector<EndedNode> WorkflowMoves::skip(std::span<const std::int64_t> jobs) {
    for (const std::int64_t n : jobs)
        events_.cancelled(n);
    const NumberList list{jobs};
    writer_.statement(pending_to_done).run(list, now_, flags_of_the_ended);
    writer_.statement(leave_pending).run(list);
    return nodes_.end(jobs, JobState::cancelled);
}

}  // namespace errand::sqlite
