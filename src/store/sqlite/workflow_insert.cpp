#include "core/workflow/graph.hpp"
#include "core/workflow/rules.hpp"
#include "store/checks.hpp"
#include "store/sqlite/flags.hpp"
#include "store/sqlite/insert.hpp"
#include "store/sqlite/sql.hpp"
#include "store/sqlite/store_impl.hpp"
#include "store/sqlite/workflow_ends.hpp"
#include "store/sqlite/workflow_nodes.hpp"
#include "store/sqlite/workflow_rows.hpp"
#include "store/workflow_checks.hpp"

#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

// Jobs that come into a workflow, at its beginning and later.

namespace errand::sqlite {

namespace {

constexpr auto has_workflow = sql_named(sql::workflow_sql, "has_workflow");
constexpr auto add_workflow = sql_named(sql::workflow_sql, "add_workflow");
constexpr auto add_node = sql_named(sql::workflow_sql, "add_node");
constexpr auto add_after = sql_named(sql::workflow_sql, "add_after");
constexpr auto add_edge = sql_named(sql::workflow_sql, "add_edge");
constexpr auto grow_workflow = sql_named(sql::workflow_sql, "grow_workflow");
constexpr auto node_by_name = sql_named(sql::workflow_sql, "node_by_name");
constexpr auto leased_job = sql_named(sql::workflow_sql, "leased_job");
constexpr auto workflow_standing = sql_named(sql::workflow_sql, "workflow_standing");
constexpr auto has_job_id = sql_named(sql::insert_sql, "has_job_id");

void check_id_is_free(Connection& writer, const JobId& id) {
    if (writer.statement(has_job_id).query(id).next()) store::throw_id_taken(id);
}

/// Jobs that are to become nodes, numbered in their order.
class NewNodes {
public:
    NewNodes(Connection& writer, Numbers& numbers, Timestamp now, const LaneOf& lane_of)
        : writer_(writer), numbers_(numbers), now_(now), lane_of_(lane_of) {}

    void add(const WorkflowJob& job) {
        jobs_.push_back(&job);
        counters_.emplace_back();
    }
    /// How many there will be; no edge may be added before.
    void number() { first_ = numbers_.take(static_cast<std::int64_t>(jobs_.size())); }
    [[nodiscard]] std::int64_t number_of(std::size_t position) const {
        return first_ + static_cast<std::int64_t>(position);
    }

    /// `parent` stands there, and its edges are closed if it has ended.
    void add_edge_to(std::size_t child, std::int64_t parent, OnFailure policy,
                     core::NodeState parent_state) {
        writer_.statement(add_edge).run(parent, number_of(child), policy);
        ++edges_;
        Counters& counters = counters_[child];
        counters.open += !core::is_ended(parent_state);
        counters.bad += core::is_bad(parent_state, policy);
    }

    /// With `hold_all` all of them as pending.
    InsertedJobs insert(std::int64_t workflow, bool hold_all) {
        std::vector<const NewJob*> jobs;
        for (std::size_t i = 0; i < jobs_.size(); ++i) {
            jobs.push_back(&jobs_[i]->job);
            begins_.push_back(!hold_all && verdict(i) == core::Verdict::release);
        }
        auto inserted = insert_workflow_jobs(writer_, first_, jobs, begins_, now_, lane_of_);
        std::int64_t released = 0;
        for (std::size_t i = 0; i < jobs_.size(); ++i) {
            insert_node(i, workflow, begins_[i]);
            released += begins_[i];
        }
        writer_.statement(grow_workflow)
            .run(workflow, static_cast<std::int64_t>(jobs_.size()) - released, released, edges_);
        return inserted;
    }

    void tell(WorkflowEvents told) const {
        for (std::size_t i = 0; i < jobs_.size(); ++i)
            told.enqueued(jobs_[i]->job, !begins_[i]);
    }

    [[nodiscard]] core::Verdict verdict(std::size_t position) const {
        return core::verdict_on(counters_[position].open, counters_[position].bad);
    }
    [[nodiscard]] std::size_t size() const noexcept { return jobs_.size(); }

private:
    struct Counters {
        std::uint64_t open = 0, bad = 0;
    };

    void insert_node(std::size_t position, std::int64_t workflow, bool begins) {
        const WorkflowJob& job = *jobs_[position];
        const auto state = begins ? core::NodeState::released : core::NodeState::pending;
        const std::string after = after_text(job.after);
        writer_.statement(add_node).run(
            number_of(position), workflow, state, counters_[position].open, counters_[position].bad,
            job.job.delay, job.job.run_at, !job.job.key.empty(), job.name);
        if (!after.empty()) writer_.statement(add_after).run(number_of(position), after);
    }

    Connection& writer_;
    Numbers& numbers_;
    Timestamp now_;
    const LaneOf& lane_of_;
    std::vector<const WorkflowJob*> jobs_;
    std::vector<Counters> counters_;
    std::vector<bool> begins_;  ///< of each, once they are inserted
    std::int64_t first_ = 0;
    std::int64_t edges_ = 0;
};

/// The number of the new workflow.
std::int64_t insert_row(Connection& writer, const NewWorkflow& workflow, Timestamp now) {
    const std::string success = callback_text(workflow.callbacks.on_success);
    const std::string failure = callback_text(workflow.callbacks.on_failure);
    const std::string complete = callback_text(workflow.callbacks.on_complete);
    auto rows = writer.statement(add_workflow)
                    .query(workflow.id, workflow.name, now, 0, 0, 0, null_if_empty(success),
                           null_if_empty(failure), null_if_empty(complete));
    return rows.next() ? rows.int64(0) : 0;
}

struct Parent {
    std::int64_t n;
    core::NodeState state;  ///< released while its end is not worked off: then its edges are open
};

std::optional<Parent> find_parent(Connection& writer, std::int64_t workflow,
                                  std::string_view name) {
    auto rows = writer.statement(node_by_name).query(workflow, name);
    if (!rows.next()) return std::nullopt;
    const bool waits = rows.int64(2) != 0;
    return Parent{rows.int64(0),
                  waits ? core::NodeState::released : core::NodeState(rows.int64(1))};
}

/// The workflow of an active job, as jobs are added to it.
class Extension {
public:
    Extension(Connection& writer, std::int64_t adder) {
        if (const auto node = WorkflowNodes{writer}.read(adder)) workflow_ = node->workflow;
        auto rows = writer.statement(workflow_standing).query(workflow_);
        is_there_ = rows.next();
        if (!is_there_) return;
        cancel_requested_ = rows.int64(1) != 0;
        jobs_ = static_cast<std::size_t>(rows.count(3));
        edges_ = static_cast<std::size_t>(rows.count(4));
    }

    [[nodiscard]] bool is_there() const noexcept { return is_there_; }
    [[nodiscard]] bool cancel_requested() const noexcept { return cancel_requested_; }
    [[nodiscard]] std::int64_t workflow() const noexcept { return workflow_; }
    [[nodiscard]] store::RoomInWorkflow room() const { return {jobs_, edges_}; }

private:
    std::int64_t workflow_ = 0;
    bool is_there_ = false;
    bool cancel_requested_ = false;
    std::size_t jobs_ = 0;
    std::size_t edges_ = 0;
};

/// Which of the jobs are new. All that can be refused is refused here.
std::vector<AddResult> check_extension(Connection& writer, const Extension& extension,
                                       std::span<const WorkflowJob> jobs,
                                       const core::JobGraph& graph) {
    std::vector<AddResult> results;
    auto room = extension.room();
    for (const WorkflowJob& job : jobs) {
        const bool there = find_parent(writer, extension.workflow(), job.name).has_value();
        results.push_back(there ? AddResult::already_there : AddResult::added);
        if (there) continue;
        room.take(job);
        check_id_is_free(writer, job.job.id);
    }
    for (const core::OuterEdge& edge : graph.outer) {
        if (results[edge.child] == AddResult::already_there) continue;
        if (find_parent(writer, extension.workflow(), edge.parent)) continue;
        core::refuse_unknown_parent(jobs[edge.child].name, edge.parent);
    }
    return results;
}

}  // namespace

bool SqliteStore::insert_workflow(const NewWorkflow& workflow) {
    store::check_new_workflow(workflow);
    const core::JobGraph graph = store::whole_graph(workflow);
    bool is_new = false;
    bool new_lane = false;
    InsertedJobs inserted;
    const auto work = [&] {
        auto& writer = database_.writer();
        new_lane = false;
        inserted = {};
        is_new = !writer.statement(has_workflow).query(workflow.id).next();
        if (!is_new) return;
        for (const WorkflowJob& job : workflow.jobs)
            check_id_is_free(writer, job.job.id);
        const Timestamp time = now();
        const LaneOf lane_of = [&](auto... names) { return lane_number(names..., new_lane); };
        const std::int64_t number = insert_row(writer, workflow, time);
        NewNodes nodes{writer, database_.numbers(), time, lane_of};
        for (const WorkflowJob& job : workflow.jobs)
            nodes.add(job);
        nodes.number();
        for (const core::GraphEdge& edge : graph.edges) {
            nodes.add_edge_to(edge.child, nodes.number_of(edge.parent), edge.on_failure,
                              core::NodeState::pending);
        }
        inserted = nodes.insert(number, false);
        auto told = workflow_events();
        told.started(number);
        nodes.tell(told);
    };
    database_.write(work, Sync::before_answer, [&] {
        if (inserted.any_available) wake(WakeChannel::work);
        if (inserted.any_scheduled) wake(WakeChannel::schedule);
    });
    if (new_lane) learn_lanes();
    return is_new;
}

std::optional<std::vector<AddResult>> SqliteStore::extend_workflow(
    const LeaseRef& lease, std::span<const WorkflowJob> jobs) {
    store::check_added_jobs(jobs, database_.options().limits);
    const core::JobGraph graph = core::make_graph(jobs);
    std::optional<std::vector<AddResult>> results;
    FollowUp follow_up;
    const auto work = [&] {
        results.reset();
        follow_up = {};
        auto& writer = database_.writer();
        std::int64_t adder = 0;
        {
            auto rows = writer.statement(leased_job).query(lease.id, lease.lease_seq, lease.row);
            if (!rows.next()) return;
            if ((rows.int64(1) & flag_in_workflow) == 0) store::throw_no_workflow_of(lease.id);
            adder = rows.int64(0);
        }
        Extension extension{writer, adder};
        if (!extension.is_there()) store::throw_no_workflow_of(lease.id);
        results = check_extension(writer, extension, jobs, graph);
        follow_up = add_jobs(extension.workflow(), extension.cancel_requested(), jobs, *results);
    };
    database_.write(work, Sync::before_answer);
    tell(follow_up);
    return results;
}

FollowUp SqliteStore::add_jobs(std::int64_t workflow, bool is_being_cancelled,
                               std::span<const WorkflowJob> jobs,
                               const std::vector<AddResult>& results) {
    auto& writer = database_.writer();
    const Timestamp time = now();
    bool new_lane = false;
    const LaneOf lane_of = [&](auto... names) { return lane_number(names..., new_lane); };
    NewNodes nodes{writer, database_.numbers(), time, lane_of};
    std::vector<const WorkflowJob*> added;
    std::unordered_map<std::string_view, std::size_t> positions;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        if (results[i] != AddResult::added) continue;
        positions.emplace(jobs[i].name, added.size());
        added.push_back(&jobs[i]);
        nodes.add(jobs[i]);
    }
    FollowUp follow_up;
    if (added.empty()) return follow_up;
    nodes.number();
    for (std::size_t child = 0; child < added.size(); ++child) {
        for (const Dependency& after : added[child]->after) {
            const auto among = positions.find(after.parent);
            if (among != positions.end()) {
                nodes.add_edge_to(child, nodes.number_of(among->second), after.on_failure,
                                  core::NodeState::pending);
            } else if (const auto parent = find_parent(writer, workflow, after.parent)) {
                nodes.add_edge_to(child, parent->n, after.on_failure, parent->state);
            }
        }
    }
    const InsertedJobs inserted = nodes.insert(workflow, is_being_cancelled);
    nodes.tell(workflow_events());
    follow_up = follow([&](WorkflowEnds& ends) {
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            if (is_being_cancelled || nodes.verdict(i) == core::Verdict::skip)
                ends.skip(nodes.number_of(i));
        }
        ends.work_off(false);
    });
    follow_up.available |= inserted.any_available;
    follow_up.scheduled |= inserted.any_scheduled;
    follow_up.new_lane |= new_lane;
    return follow_up;
}

}  // namespace errand::sqlite
