#include "store/sqlite/workflow_ends.hpp"

#include "core/job_text.hpp"
#include "core/workflow/callbacks.hpp"
#include "store/checks.hpp"
#include "store/sqlite/flags.hpp"
#include "store/sqlite/sql.hpp"
#include "store/sqlite/waiting.hpp"
#include "store/sqlite/workflow_rows.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace errand::sqlite {

namespace {

constexpr auto first_ended = sql_named(sql::workflow_sql, "first_ended");
constexpr auto put_ended = sql_named(sql::workflow_sql, "put_ended");
constexpr auto leave_ended = sql_named(sql::workflow_sql, "leave_ended");
constexpr auto any_ended = sql_named(sql::workflow_sql, "any_ended");
constexpr auto set_due = sql_named(sql::workflow_sql, "set_due");
constexpr auto pending_to_scheduled = sql_named(sql::workflow_sql, "pending_to_scheduled");
constexpr auto pending_to_done = sql_named(sql::workflow_sql, "pending_to_done");
constexpr auto any_failure_counts = sql_named(sql::workflow_sql, "any_failure_counts");
constexpr auto end_workflow_sql = sql_named(sql::workflow_sql, "end_workflow");
constexpr auto leave_waiting = sql_named(sql::claim_sql, "leave_waiting");

}  // namespace

void WorkflowEnds::take(const NodeEnds& ends) {
    for (const auto& [n, end] : ends.all()) {
        if (const auto state = nodes_.end(n, end)) ended_.push_back({n, 0, *state});
    }
    // Whatever order the call had: by age, then those skipped after them.
    std::ranges::sort(ended_, {}, &Ended::n);
}

void WorkflowEnds::skip(std::int64_t n) {
    events_.cancelled(n);
    writer_.statement(pending_to_done).run(n, now_, flags_of_the_ended);
    writer_.statement(leave_waiting).run(n);
    if (const auto state = nodes_.end(n, JobState::cancelled)) ended_.push_back({n, 0, *state});
    ended = true;
}

void WorkflowEnds::release(const NodeRow& node) {
    NewJob timing;
    timing.delay = node.delay.value_or(Duration::zero());
    timing.run_at = node.run_at;
    const Timestamp due = store::due_time(timing, now_);
    std::string key;
    {
        auto rows = writer_.statement(set_due).query(node.n, due);
        if (rows.next()) key = rows.string(0);
    }
    nodes_.set_state(node, core::NodeState::released);
    if (due > now_) {
        writer_.statement(pending_to_scheduled).run(node.n, due);
        scheduled = true;
    } else if (end_waiting(writer_, turns_, node.n, key, false)) {
        available = true;
    }
}

void WorkflowEnds::work_off(bool older_too) {
    if (older_too) work_off_older();
    while (!ended_.empty() && close_edges(ended_.front()))
        ended_.pop_front();
    for (const Ended& rest : ended_)
        writer_.statement(put_ended).run(rest.n, rest.after);
    left = !ended_.empty();
    ended_.clear();
    if (older_too && !left) {
        auto rows = writer_.statement(any_ended).query();
        left = rows.next() && rows.int64(0) != 0;
    }
    for (const WorkflowStanding& standing : nodes_.write_counts()) {
        const bool over = core::is_over(standing.counts);
        if (over && standing.state == WorkflowState::running) end_workflow(standing);
    }
}

void WorkflowEnds::work_off_older() {
    while (steps_ < most_steps) {
        Ended oldest{};
        {
            auto rows = writer_.statement(first_ended).query();
            if (!rows.next()) return;
            // A node that is gone has no edges either.
            oldest = {rows.int64(0), rows.int64(1), core::NodeState(rows.int64(2))};
        }
        if (!close_edges(oldest)) {
            writer_.statement(put_ended).run(oldest.n, oldest.after);
            return;
        }
        writer_.statement(leave_ended).run(oldest.n);
    }
}

bool WorkflowEnds::close_edges(Ended& parent) {
    if (steps_ >= most_steps) return false;
    ++steps_;
    const std::size_t room = most_steps - steps_;
    // One more than there is room for tells whether these are all.
    auto edges = nodes_.edges(parent.n, parent.after, WorkflowNodes::last, room + 1);
    const bool all = edges.size() <= room;
    if (!all) edges.pop_back();
    for (const WorkflowNodes::Edge& edge : edges) {
        follow_edge(edge, parent.state);
        parent.after = edge.child;
    }
    steps_ += edges.size();
    return all;
}

void WorkflowEnds::follow_edge(const WorkflowNodes::Edge& edge, core::NodeState parent) {
    const auto child = nodes_.close_edge(edge, parent);
    if (!child || child->state != core::NodeState::pending) return;
    switch (child->verdict()) {
        case core::Verdict::wait:
            break;
        case core::Verdict::release:
            release(*child);
            break;
        case core::Verdict::skip:
            skip(child->n);
            break;
    }
}

void WorkflowEnds::end_workflow(const WorkflowStanding& standing) {
    const auto& [workflow, state, cancel_requested, counts] = standing;
    bool failures_count = false;
    if (counts.failed > 0) {
        auto rows = writer_.statement(any_failure_counts).query(workflow);
        failures_count = rows.next() && rows.int64(0) != 0;
    }
    const auto end = core::end_of_workflow(counts, cancel_requested, failures_count);
    std::vector<NewJob> callbacks;
    {
        auto rows = writer_.statement(end_workflow_sql).query(workflow, end, now_);
        if (!rows.next() || rows.is_null(0)) return;
        callbacks = core::callbacks_of(rows.job_id(0), static_cast<std::uint32_t>(rows.count(1)),
                                       end, callbacks_in(rows, 2));
    }
    ended = true;
    events_.ended(workflow);
    if (callbacks.empty()) return;
    const InsertedJobs inserted = insert_(callbacks);
    available |= inserted.any_available;
    scheduled |= inserted.any_scheduled;
}

}  // namespace errand::sqlite
