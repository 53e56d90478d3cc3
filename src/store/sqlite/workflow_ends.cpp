#include "store/sqlite/workflow_ends.hpp"

#include "core/workflow/callbacks.hpp"
#include "store/sqlite/sql.hpp"
#include "store/sqlite/workflow_rows.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace errand::sqlite {

namespace {

constexpr auto first_ended = sql_named(sql::workflow_sql, "first_ended");
constexpr auto put_ended = sql_named(sql::workflow_sql, "put_ended");
constexpr auto leave_ended_all = sql_named(sql::workflow_sql, "leave_ended_all");
constexpr auto any_ended = sql_named(sql::workflow_sql, "any_ended");
constexpr auto any_failure_counts = sql_named(sql::workflow_sql, "any_failure_counts");
constexpr auto end_workflows_sql = sql_named(sql::workflow_sql, "end_workflows");
constexpr auto callbacks_of = sql_named(sql::workflow_sql, "callbacks_of");

/// Of the last edge that was closed, which decides about the order.
struct Turn {
    std::size_t last;
    std::size_t place;
};

}  // namespace

void WorkflowEnds::take(const NodeEnds& ends) {
    auto all = ends.all();
    // Whatever order the call had: by age, then those skipped after them. Of a job that is noted
    // twice the first end counts.
    std::ranges::stable_sort(all, {}, &NodeEnds::End::n);
    const auto twice = std::ranges::unique(all, {}, &NodeEnds::End::n);
    all.erase(twice.begin(), twice.end());
    std::map<JobState, std::vector<std::int64_t>> by_state;
    for (const auto& [n, state] : all)
        by_state[state].push_back(n);
    for (const auto& [state, jobs] : by_state) {
        for (const EndedNode& node : nodes_.end(jobs, state))
            ended_.push_back({node.n, 0, node.state});
    }
    if (by_state.size() > 1) std::ranges::sort(ended_, {}, &Ended::n);
}

void WorkflowEnds::skip(std::int64_t n) {
    const std::array jobs{n};
    skip_all(jobs);
}

void WorkflowEnds::skip_all(std::span<const std::int64_t> jobs) {
    if (jobs.empty()) return;
    for (const EndedNode& node : moves_.skip(jobs))
        ended_.push_back({node.n, 0, node.state});
    ended = true;
}

void WorkflowEnds::work_off(bool older_too) {
    if (older_too) work_off_older();
    while (!ended_.empty() && may_go_on()) {
        auto parents = std::exchange(ended_, {});
        const auto closed = close_edges(parents);
        // Those that it skipped come after those that it did not get to.
        ended_.insert(ended_.begin(), parents.begin() + static_cast<std::ptrdiff_t>(closed),
                      parents.end());
    }
    for (const Ended& rest : ended_)
        writer_.statement(put_ended).run(rest.n, rest.after);
    left = !ended_.empty();
    ended_.clear();
    if (older_too && !left) {
        auto rows = writer_.statement(any_ended).query();
        left = rows.next() && rows.int64(0) != 0;
    }
    end_workflows(nodes_.write_counts());
}

void WorkflowEnds::work_off_older() {
    while (may_go_on()) {
        auto parents = read_older();
        if (parents.empty()) return;
        const auto closed = close_edges(parents);
        std::vector<std::int64_t> done;
        for (std::size_t i = 0; i < closed; ++i)
            done.push_back(parents[i].n);
        writer_.statement(leave_ended_all).run(NumberList{done});
        // Only the first of the rest may have got any further.
        if (closed < parents.size())
            writer_.statement(put_ended).run(parents[closed].n, parents[closed].after);
    }
}

std::vector<WorkflowEnds::Ended> WorkflowEnds::read_older() {
    std::vector<Ended> older;
    // A node that is gone has no edges either.
    for (auto rows = writer_.statement(first_ended).query(jobs_left_); rows.next();)
        older.push_back({rows.int64(0), rows.int64(1), core::NodeState(rows.int64(2))});
    return older;
}

/// How many of the parents, from the first on, are dealt with: there may be too many, or too many
/// edges. Of the next one some edges may be closed.
std::size_t WorkflowEnds::close_edges(std::span<Ended> parents) {
    --waves_left_;
    std::size_t closed = 0;
    const auto edges = read_edges(parents.first(std::min(parents.size(), jobs_left_)), closed);
    jobs_left_ -= closed;
    edges_left_ -= edges.size();
    std::vector<Closing> closings;
    closings.reserve(edges.size());
    for (std::size_t i = 0; i < edges.size(); ++i) {
        const auto& [parent, edge] = edges[i];
        const bool bad = core::is_bad(parents[parent].state, edge.on_failure);
        closings.push_back({edge.child, 1, bad ? 1U : 0U, i});
    }
    std::ranges::sort(closings, {},
                      [](const Closing& one) { return std::pair(one.child, one.last); });
    std::size_t children = 0;
    for (const Closing& one : closings) {
        if (children > 0 && closings[children - 1].child == one.child) {
            auto& child = closings[children - 1];
            child = {one.child, child.edges + 1, child.bad + one.bad, one.last};
        } else {
            closings[children++] = one;
        }
    }
    closings.resize(children);
    if (!closings.empty()) follow(closings);
    return closed;
}

/// As many as there is room for.
std::vector<WorkflowNodes::ParentEdge> WorkflowEnds::read_edges(std::span<Ended> parents,
                                                                std::size_t& closed) {
    // Mostly none was begun with; one that was goes by itself.
    const auto begun = [](const Ended& one) { return one.after != 0; };
    const bool alone = begun(parents.front());
    const auto together = std::ranges::find_if(parents.subspan(1), begun) - parents.begin();
    const auto count = alone ? 1 : static_cast<std::size_t>(together);
    const auto after = parents.front().after;
    std::vector<std::int64_t> jobs;
    for (const Ended& parent : parents.first(count))
        jobs.push_back(parent.n);
    // One more than there is room for tells whether these are all.
    auto edges = nodes_.edges_of_all(jobs, after, edges_left_ + 1);
    closed = count;
    if (edges.size() > edges_left_) {
        edges.pop_back();
        closed = edges.back().parent;
        parents[closed].after = edges.back().edge.child;
    }
    return edges;
}

void WorkflowEnds::follow(std::span<const Closing> closings) {
    std::vector<std::int64_t> children;
    children.reserve(closings.size());
    for (const Closing& one : closings)
        children.push_back(one.child);
    std::vector<NodeRow> free;    // released together
    std::vector<NodeRow> others;  // released one by one
    std::vector<std::int64_t> skipped;
    std::vector<Turn> release_order;
    std::vector<Turn> skip_order;
    std::map<std::pair<std::uint64_t, std::uint64_t>, std::vector<std::int64_t>> changes;
    auto closing = closings.begin();
    for (NodeRow& child : nodes_.read_all(children)) {
        while (closing->child != child.n)
            ++closing;  // its child is not there any more
        child.open_parents -= std::min(child.open_parents, closing->edges);
        child.bad_parents += closing->bad;
        const bool waits = child.state == core::NodeState::pending;
        const auto verdict = waits ? child.verdict() : core::Verdict::wait;
        if (verdict == core::Verdict::release && WorkflowMoves::is_free(child)) {
            free.push_back(child);
            continue;
        }
        changes[{closing->edges, closing->bad}].push_back(child.n);
        if (verdict == core::Verdict::release) {
            release_order.push_back({closing->last, others.size()});
            others.push_back(child);
        } else if (verdict == core::Verdict::skip) {
            skip_order.push_back({closing->last, skipped.size()});
            skipped.push_back(child.n);
        }
    }
    for (const auto& [change, jobs] : changes)
        nodes_.close_edges(jobs, change.first, change.second);
    moves_.release_all(free);
    // In the order in which their last edges were closed: turns go to the first.
    std::ranges::sort(release_order, {}, &Turn::last);
    for (const Turn& turn : release_order)
        moves_.release(others[turn.place]);
    std::ranges::sort(skip_order, {}, &Turn::last);
    std::vector<std::int64_t> in_order;
    for (const Turn& turn : skip_order)
        in_order.push_back(skipped[turn.place]);
    skip_all(in_order);
}

void WorkflowEnds::end_workflows(std::span<const WorkflowStanding> over) {
    if (over.empty()) return;
    std::vector<WorkflowState> ends;
    std::map<WorkflowState, std::vector<std::int64_t>> by_end;
    for (const WorkflowStanding& standing : over) {
        ends.push_back(end_of(standing));
        by_end[ends.back()].push_back(standing.workflow);
    }
    for (const auto& [end, workflows] : by_end)
        writer_.statement(end_workflows_sql).run(NumberList{workflows}, end, now_);
    ended = true;
    for (std::size_t i = 0; i < over.size(); ++i) {
        events_.ended(over[i].workflow);
        if (over[i].has_callbacks) insert_callbacks(over[i].workflow, ends[i]);
    }
}

WorkflowState WorkflowEnds::end_of(const WorkflowStanding& standing) {
    bool failures_count = false;
    if (standing.counts.failed > 0) {
        auto rows = writer_.statement(any_failure_counts).query(standing.workflow);
        failures_count = rows.next() && rows.int64(0) != 0;
    }
    return core::end_of_workflow(standing.counts, standing.cancel_requested, failures_count);
}

void WorkflowEnds::insert_callbacks(std::int64_t workflow, WorkflowState end) {
    std::vector<NewJob> callbacks;
    {
        auto rows = writer_.statement(callbacks_of).query(workflow);
        if (!rows.next()) return;
        callbacks = core::callbacks_of(rows.job_id(0), static_cast<std::uint32_t>(rows.count(1)),
                                       end, callbacks_in(rows, 2));
    }
    if (callbacks.empty()) return;
    const InsertedJobs inserted = insert_(callbacks);
    available_ |= inserted.any_available;
    scheduled_ |= inserted.any_scheduled;
}

}  // namespace errand::sqlite
