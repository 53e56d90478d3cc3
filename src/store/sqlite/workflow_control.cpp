#include "store/sqlite/cancel.hpp"
#include "store/sqlite/control_events.hpp"
#include "store/sqlite/flags.hpp"
#include "store/sqlite/job_events.hpp"
#include "store/sqlite/resting.hpp"
#include "store/sqlite/sql.hpp"
#include "store/sqlite/store_impl.hpp"
#include "store/sqlite/workflow_ends.hpp"
#include "store/sqlite/workflow_retry.hpp"

#include <utility>
#include <vector>

// Cancelling a workflow, letting it go on after failures, and what follows from the ends of jobs.

namespace errand::sqlite {

namespace {

constexpr auto workflow_number = sql_named(sql::workflow_sql, "workflow_number");
constexpr auto workflow_standing = sql_named(sql::workflow_sql, "workflow_standing");
constexpr auto request_cancel = sql_named(sql::workflow_sql, "request_cancel");
constexpr auto released_jobs = sql_named(sql::workflow_sql, "released_jobs");
constexpr auto all_pending_to_done = sql_named(sql::workflow_sql, "all_pending_to_done");
constexpr auto all_leave_pending = sql_named(sql::workflow_sql, "all_leave_pending");
constexpr auto all_pending_ended = sql_named(sql::workflow_sql, "all_pending_ended");
constexpr auto skip_all_pending = sql_named(sql::workflow_sql, "skip_all_pending");
constexpr auto nodes_in_state = sql_named(sql::workflow_sql, "nodes_in_state");

std::optional<std::int64_t> number_of(Connection& writer, const WorkflowId& id) {
    auto rows = writer.statement(workflow_number).query(id);
    if (!rows.next()) return std::nullopt;
    return rows.int64(0);
}

WorkflowState state_of(Connection& writer, std::int64_t workflow) {
    auto rows = writer.statement(workflow_standing).query(workflow);
    return rows.next() ? WorkflowState(rows.int64(0)) : WorkflowState::running;
}

/// Not one by one: there may be a hundred thousand. Their edges are worked off later.
void skip_all(Connection& writer, WorkflowNodes& nodes, std::int64_t workflow, Timestamp now) {
    writer.statement(all_pending_to_done).run(workflow, now, flags_of_the_ended);
    writer.statement(all_leave_pending).run(workflow);
    writer.statement(all_pending_ended).run(workflow);
    const auto skipped = writer.statement(skip_all_pending).run(workflow);
    nodes.count(workflow, core::NodeState::pending, core::NodeState::skipped, skipped);
}

struct Node {
    std::int64_t n;
    JobId id;
};

std::vector<Node> read_nodes(Connection& writer, std::int64_t workflow, core::NodeState state) {
    std::vector<Node> nodes;
    for (auto rows = writer.statement(nodes_in_state).query(workflow, state); rows.next();)
        nodes.push_back({rows.int64(0), rows.job_id(1)});
    return nodes;
}

/// Retries a whole workflow within one open write transaction.
class WholeRetry {
public:
    WholeRetry(Connection& writer, const LaneTable& lanes, WorkflowEvents& events,
               std::int64_t workflow)
        : writer_(writer),
          lanes_(lanes),
          events_(events),
          workflow_(workflow),
          turns_(writer),
          retry_(writer, events) {}

    std::uint64_t retry_failed() {
        const auto failed = read_nodes(writer_, workflow_, core::NodeState::failed);
        for (const Node& node : failed)
            retry_.reopen(node.n);
        // Only now is it known which of them come after others of them.
        for (const Node& node : failed) {
            const bool begins = retry_.begin_or_wait(node.n) == WorkflowRetry::Next::begins;
            if (begins) begin_ended_job(writer_, turns_, lanes_, node.id);
            events_.retried(node.n, begins ? JobState::available : JobState::pending);
        }
        return failed.size();
    }

    /// Those that are skipped still were cancelled by hand, or wait for one that was removed.
    std::uint64_t retry_skipped(WorkflowEnds& ends) {
        std::vector<std::int64_t> waiting;
        for (const Node& node : read_nodes(writer_, workflow_, core::NodeState::skipped)) {
            const auto row = retry_.nodes().read(node.n);
            if (!row || row->verdict() == core::Verdict::skip) continue;
            if (retry_.wait_again(node.n)) waiting.push_back(node.n);
        }
        any_waits = !waiting.empty();
        // A child may stand before its parent: only now is it known which of them wait for others.
        std::uint64_t retried = 0;
        for (const std::int64_t n : waiting) {
            const auto pending = ends.nodes().read(n);
            if (!pending || pending->open_parents > 0) continue;
            ends.release(*pending);
            ++retried;
        }
        return retried;
    }

    [[nodiscard]] bool may() { return retry_.may_go_on(workflow_); }
    void go_on() {
        retry_.go_on(workflow_);
        retry_.nodes().write_counts();
    }

    bool any_waits = false;

private:
    Connection& writer_;
    const LaneTable& lanes_;
    WorkflowEvents& events_;
    std::int64_t workflow_;
    Turns turns_;
    WorkflowRetry retry_;
};

}  // namespace

ControlResult SqliteStore::cancel_workflow(const WorkflowId& id) {
    auto result = ControlResult::not_found;
    FollowUp follow_up;
    control([&] {
        follow_up = {};
        auto& writer = database_.writer();
        const auto workflow = number_of(writer, id);
        result = ControlResult::not_found;
        if (!workflow) return;
        const WorkflowState state = state_of(writer, *workflow);
        result = state == WorkflowState::cancelled ? ControlResult::done : ControlResult::refused;
        if (state != WorkflowState::running) return;
        writer.statement(request_cancel).run(*workflow);
        std::vector<JobId> jobs;
        for (auto rows = writer.statement(released_jobs).query(*workflow); rows.next();)
            jobs.push_back(rows.job_id(0));
        NodeEnds node_ends;
        Turns turns{writer};
        ControlEvents told{database_.events(), writer, lanes_, now()};
        for (const JobId& job : jobs)
            told.cancel(job, [&] { return cancel_job(writer, turns, node_ends, job, now()); });
        workflow_events().cancelled_pending_of(*workflow);
        follow_up = follow([&](WorkflowEnds& ends) {
            skip_all(writer, ends.nodes(), *workflow, now());
            ends.take(node_ends);
            ends.work_off(true);
        });
        follow_up.available |= turns.admitted;
        follow_up.ended = true;
        const bool runs = state_of(writer, *workflow) == WorkflowState::running;
        result = runs ? ControlResult::requested : ControlResult::done;
    });
    wake(WakeChannel::control);
    tell(follow_up);
    return result;
}

ControlResult SqliteStore::retry_workflow(const WorkflowId& id, std::uint64_t& retried) {
    auto result = ControlResult::not_found;
    FollowUp follow_up;
    control([&] {
        follow_up = {};
        retried = 0;
        auto& writer = database_.writer();
        const auto workflow = number_of(writer, id);
        result = workflow ? ControlResult::refused : ControlResult::not_found;
        if (!workflow) return;
        WorkflowEvents events = workflow_events();
        WholeRetry retry{writer, lanes_, events, *workflow};
        if (!retry.may()) return;
        retried = retry.retry_failed();
        follow_up = follow([&](WorkflowEnds& ends) {
            retried += retry.retry_skipped(ends);
            if (retried == 0 && !retry.any_waits) return;
            retry.go_on();
            ends.nodes().write_counts();
            result = ControlResult::done;
        });
        follow_up.available |= retried > 0;
    });
    tell(follow_up);
    learn_lanes();
    return result;
}

FollowUp SqliteStore::follow(const std::function<void(WorkflowEnds&)>& work) {
    FollowUp follow_up;
    auto& writer = database_.writer();
    const Timestamp time = now();
    const WorkflowEnds::Insert insert = [&](std::span<const NewJob> jobs) {
        auto inserted = insert_jobs(writer, database_.numbers(), jobs, time, [&](auto... names) {
            return lane_number(names..., follow_up.new_lane);
        });
        note_inserted(database_.events(), jobs, inserted.results, time);
        return inserted;
    };
    WorkflowEvents events = workflow_events();
    WorkflowEnds ends{writer, time, insert, events};
    work(ends);
    follow_up.available = ends.makes_work();
    follow_up.scheduled = ends.scheduled() || ends.left;
    follow_up.ended = ends.ended;
    follow_up.left = ends.left;
    return follow_up;
}

FollowUp SqliteStore::follow(const NodeEnds& node_ends) {
    if (node_ends.all().empty()) return {};
    return follow([&](WorkflowEnds& ends) {
        ends.take(node_ends);
        ends.work_off(false);
    });
}

void SqliteStore::tell(const FollowUp& follow_up) noexcept {
    if (follow_up.new_lane) learn_lanes();
    if (follow_up.ended) wake(WakeChannel::ended);
    if (follow_up.available) wake(WakeChannel::work);
    if (follow_up.scheduled) wake(WakeChannel::schedule);
}

}  // namespace errand::sqlite
