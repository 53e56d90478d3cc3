#include "core/workflow/rules.hpp"

#include <errand/store/store.hpp>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

// Random workflows on the reference store, against what the rules say when they are read off the
// whole graph each time, without counters.

namespace errand {
namespace {

using core::NodeState;

struct Edge {
    std::size_t parent;
    OnFailure policy;
};

/// How a job is to end, and the edges that lead to it.
struct Node {
    std::vector<Edge> after;
    JobState end;
};

std::vector<Node> random_graph() {
    const auto count = *rc::gen::inRange<std::size_t>(1, 51);
    std::vector<Node> nodes;
    for (std::size_t i = 0; i < count; ++i) {
        Node node{{},
                  *rc::gen::element(JobState::completed, JobState::completed, JobState::completed,
                                    JobState::discarded, JobState::cancelled)};
        const auto parents = i == 0 ? 0 : *rc::gen::inRange(0, 5);
        for (int k = 0; k < parents; ++k) {
            const auto parent = *rc::gen::inRange<std::size_t>(0, i);
            const bool again = std::ranges::any_of(
                node.after, [&](const Edge& edge) { return edge.parent == parent; });
            if (again) continue;
            node.after.push_back(
                {parent, *rc::gen::element(OnFailure::fail, OnFailure::go_on, OnFailure::ignore)});
        }
        nodes.push_back(std::move(node));
    }
    return nodes;
}

std::string name_of(std::size_t node) {
    return "n" + std::to_string(node);
}

/// Where each job must stand, given which ones have run.
std::vector<NodeState> expected_states(const std::vector<Node>& nodes,
                                       const std::vector<bool>& has_run) {
    std::vector<NodeState> states;
    for (std::size_t i = 0; i < nodes.size(); ++i) {  // parents stand before their children
        bool all_ended = true;
        bool forbidden = false;
        for (const Edge& edge : nodes[i].after) {
            const NodeState parent = states[edge.parent];
            if (parent == NodeState::pending || parent == NodeState::released) all_ended = false;
            const bool failed = parent == NodeState::failed || parent == NodeState::skipped;
            if (failed && edge.policy == OnFailure::fail) forbidden = true;
        }
        if (!all_ended)
            states.push_back(NodeState::pending);
        else if (forbidden)
            states.push_back(NodeState::skipped);
        else if (!has_run[i])
            states.push_back(NodeState::released);
        else
            states.push_back(nodes[i].end == JobState::completed ? NodeState::completed
                                                                 : NodeState::failed);
    }
    return states;
}

WorkflowState expected_end(const std::vector<Node>& nodes, const std::vector<NodeState>& states) {
    bool any_completed = false;
    bool any_counts = false;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        if (states[i] == NodeState::pending || states[i] == NodeState::released) {
            return WorkflowState::running;
        }
        any_completed |= states[i] == NodeState::completed;
        if (states[i] != NodeState::failed) continue;
        int after = 0;
        int ignoring = 0;
        for (const Node& other : nodes) {
            for (const Edge& edge : other.after) {
                after += edge.parent == i;
                ignoring += edge.parent == i && edge.policy == OnFailure::ignore;
            }
        }
        any_counts |= after == 0 || ignoring < after;
    }
    const bool any_skipped = std::ranges::find(states, NodeState::skipped) != states.end();
    if (any_skipped || !any_completed) return WorkflowState::failed;
    return any_counts ? WorkflowState::partial : WorkflowState::completed;
}

class Life {
public:
    explicit Life(const std::vector<Node>& nodes) {
        workflow_.id = new_job_id();
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            WorkflowJob job;
            job.name = name_of(i);
            job.job.id = new_job_id();
            job.job.type = job.name;
            for (const Edge& edge : nodes[i].after)
                job.after.push_back({name_of(edge.parent), edge.policy});
            workflow_.jobs.push_back(std::move(job));
        }
        // In any order: a graph needs none.
        std::ranges::reverse(workflow_.jobs);
        RC_ASSERT(store_->insert_workflow(workflow_));
    }

    void run(std::size_t node, JobState end) {
        const auto leases = store_->claim({worker_->id(), {{"default", 1}}, {name_of(node)}});
        RC_ASSERT(leases.size() == 1U);
        Settlement item;
        item.lease = leases[0].ref;
        item.to = end;
        RC_ASSERT(store_->settle({&item, 1}).at(0) == SettleResult::ok);
    }

    /// By number of the node.
    std::vector<NodeState> states() {
        std::vector<NodeState> found;
        for (const WorkflowJobView& view : store_->workflow_jobs(workflow_.id, 0, 100).jobs)
            found.push_back(state_of(view));
        std::ranges::reverse(found);
        return found;
    }

    WorkflowView view() { return *store_->find_workflow(workflow_.id); }
    Store& store() { return *store_; }

private:
    static NodeState state_of(const WorkflowJobView& view) {
        if (view.skipped) return NodeState::skipped;
        if (view.state == JobState::pending) return NodeState::pending;
        if (view.state == JobState::completed) return NodeState::completed;
        return is_end(view.state) ? NodeState::failed : NodeState::released;
    }

    std::unique_ptr<WorkerSession> join() {
        WorkerInfo info;
        info.name = "w";
        info.max_leases = 100;
        return store_->join(info);
    }

    std::shared_ptr<Store> store_ = open_store("memory:");
    std::unique_ptr<WorkerSession> worker_ = join();
    NewWorkflow workflow_;
};

/// Runs what may run, in any order, until nothing may. The states after each step are compared.
void run_to_the_end(Life& life, const std::vector<Node>& nodes, std::vector<bool>& has_run) {
    for (;;) {
        const auto expected = expected_states(nodes, has_run);
        RC_ASSERT(life.states() == expected);
        RC_ASSERT(life.view().state == expected_end(nodes, expected));
        WorkflowCounts counts;
        for (const NodeState state : expected)
            ++core::count_of(counts, state);
        RC_ASSERT(life.view().counts == counts);
        std::vector<std::size_t> ready;
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            if (expected[i] == NodeState::released) ready.push_back(i);
        }
        if (ready.empty()) return;
        const auto next = *rc::gen::elementOf(ready);
        life.run(next, nodes[next].end);
        has_run[next] = true;
    }
}

RC_GTEST_PROP(WorkflowProperty, EveryGraphEndsAsTheRulesSay, ()) {
    const auto nodes = random_graph();
    Life life{nodes};
    std::vector<bool> has_run(nodes.size());
    run_to_the_end(life, nodes, has_run);
    for (const CheckFinding& finding : life.store().check())
        RC_ASSERT(finding.ok);
}

RC_GTEST_PROP(WorkflowProperty, ARetryRunsWhatFailedAndGoesOn, ()) {
    auto nodes = random_graph();
    Life life{nodes};
    std::vector<bool> has_run(nodes.size());
    run_to_the_end(life, nodes, has_run);
    const WorkflowView before = life.view();
    std::uint64_t retried = 0;
    const auto result = life.store().retry_workflow(before.id, retried);
    RC_ASSERT(retried == before.counts.failed);
    RC_ASSERT(result == (before.counts.failed > 0 ? ControlResult::done : ControlResult::refused));
    if (result == ControlResult::refused) return;
    // Who failed has not run; this time some more complete.
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        if (!has_run[i] || nodes[i].end == JobState::completed) continue;
        has_run[i] = false;
        if (*rc::gen::arbitrary<bool>()) nodes[i].end = JobState::completed;
    }
    // What completed stays, whatever came before it: it needs no parents any more.
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        if (has_run[i]) nodes[i].after.clear();
    }
    for (const CheckFinding& finding : life.store().check())
        RC_ASSERT(finding.ok);
    RC_ASSERT(life.view().run == 2U);
    RC_ASSERT(life.states() == expected_states(nodes, has_run));
}

}  // namespace
}  // namespace errand
