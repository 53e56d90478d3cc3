#include "simulation/oracle/workflow_rule.hpp"

#include <algorithm>
#include <utility>

namespace errand::sim {

namespace {

using Stand = FlowPart::Stand;

bool all_parents_ended(const Flow& flow, const FlowPart& part) {
    return std::ranges::all_of(part.asked.after, [&](const Dependency& after) {
        return flow.named(after.parent)->has_ended();
    });
}

/// All parents have ended: does one of them forbid it?
bool is_forbidden(const Flow& flow, const FlowPart& part) {
    return std::ranges::any_of(part.asked.after, [&](const Dependency& after) {
        const bool succeeded = flow.named(after.parent)->stand == Stand::completed;
        return !succeeded && after.on_failure == OnFailure::fail;
    });
}

/// "but for failures that each job after them ignores"
bool is_ignored(const Flow& flow, const FlowPart& failed) {
    bool any = false;
    for (const auto& part : flow.parts) {
        for (const auto& after : part.asked.after) {
            if (after.parent != failed.asked.name) continue;
            if (after.on_failure != OnFailure::ignore) return false;
            any = true;
        }
    }
    return any;
}

WorkflowState end_of(const Flow& flow) {
    if (flow.cancel_requested) return WorkflowState::cancelled;
    const auto is = [](Stand stand) {
        return [stand](const FlowPart& part) { return part.stand == stand; };
    };
    if (std::ranges::any_of(flow.parts, is(Stand::skipped))) return WorkflowState::failed;
    if (std::ranges::none_of(flow.parts, is(Stand::completed))) return WorkflowState::failed;
    const bool counts = std::ranges::any_of(flow.parts, [&](const FlowPart& part) {
        return part.stand == Stand::failed && !is_ignored(flow, part);
    });
    return counts ? WorkflowState::partial : WorkflowState::completed;
}

/// One round; false: nothing changed.
bool move_on(Flow& flow, std::vector<FlowStep>& steps) {
    bool changed = false;
    for (auto& part : flow.parts) {
        if (part.stand != Stand::pending) continue;
        if (!flow.cancel_requested && !all_parents_ended(flow, part)) continue;
        changed = true;
        if (flow.cancel_requested || is_forbidden(flow, part)) {
            part.stand = Stand::skipped;
            part.end = JobState::cancelled;
            steps.push_back({part.id(), FlowStep::Kind::skipped});
        } else {
            part.stand = Stand::released;
            steps.push_back({part.id(), FlowStep::Kind::released});
        }
    }
    return changed;
}

void await_callbacks(const WorkflowId& id, const Flow& flow,
                     std::vector<AwaitedCallback>& awaited) {
    const auto& callbacks = flow.callbacks;
    const auto add = [&](const std::optional<NewJob>& job) {
        if (job) awaited.push_back({id, flow.state, *job});
    };
    if (flow.state == WorkflowState::completed) add(callbacks.on_success);
    if (flow.state == WorkflowState::partial || flow.state == WorkflowState::failed) {
        add(callbacks.on_failure);
    }
    add(callbacks.on_complete);
}

}  // namespace

FlowPart* Flow::find(const JobId& id) {
    const auto found = std::ranges::find(parts, id, &FlowPart::id);
    return found == parts.end() ? nullptr : &*found;
}

const FlowPart* Flow::named(const std::string& wanted) const {
    const auto found = std::ranges::find_if(
        parts, [&](const FlowPart& part) { return part.asked.name == wanted; });
    return found == parts.end() ? nullptr : &*found;
}

WorkflowCounts Flow::counts() const {
    WorkflowCounts counts;
    for (const auto& part : parts) {
        counts.pending += part.stand == Stand::pending;
        counts.released += part.stand == Stand::released;
        counts.completed += part.stand == Stand::completed;
        counts.failed += part.stand == Stand::failed;
        counts.skipped += part.stand == Stand::skipped;
    }
    return counts;
}

Flow* WorkflowRule::find(const WorkflowId& id) {
    const auto found = flows_.find(id);
    return found == flows_.end() ? nullptr : &found->second;
}

void WorkflowRule::add(const NewWorkflow& workflow) {
    Flow flow;
    flow.name = workflow.name;
    flow.callbacks = workflow.callbacks;
    for (const auto& job : workflow.jobs) {
        // Those without parents are there as any other job.
        flow.parts.push_back({job, job.after.empty() ? Stand::released : Stand::pending});
    }
    flows_.insert_or_assign(workflow.id, std::move(flow));
    touched_.insert(workflow.id);
}

void WorkflowRule::extend(const WorkflowId& id, const WorkflowJob& job) {
    flows_.at(id).parts.push_back({job});
    touched_.insert(id);
}

void WorkflowRule::ended(const WorkflowId& id, const JobId& job, JobState end) {
    Flow* const flow = find(id);
    FlowPart* const part = flow == nullptr ? nullptr : flow->find(job);
    if (part == nullptr || part->has_ended()) return;
    const bool waited = part->stand == Stand::pending;
    part->stand = waited                       ? Stand::skipped
                  : end == JobState::completed ? Stand::completed
                                               : Stand::failed;
    part->end = end;
    touched_.insert(id);
}

void WorkflowRule::removed(const WorkflowId& id, const JobId& job) {
    Flow* const flow = find(id);
    if (flow == nullptr) return;
    if (FlowPart* const part = flow->find(job)) part->gone = true;
}

std::vector<JobId> WorkflowRule::cancel(const WorkflowId& id) {
    Flow& flow = flows_.at(id);
    flow.cancel_requested = true;
    touched_.insert(id);
    std::vector<JobId> begun;
    for (const auto& part : flow.parts)
        if (part.stand == Stand::released) begun.push_back(part.id());
    return begun;
}

void WorkflowRule::reopen(Flow& flow, FlowPart& part, std::vector<FlowStep>& steps) {
    part.stand = Stand::pending;
    part.end = JobState::pending;
    steps.push_back({part.id(), FlowStep::Kind::waits});
    for (auto& child : flow.parts) {
        const bool after = std::ranges::find(child.asked.after, part.asked.name,
                                             &Dependency::parent) != child.asked.after.end();
        if (after && child.stand == Stand::skipped && !child.gone) reopen(flow, child, steps);
    }
}

void WorkflowRule::go_on(const WorkflowId& id, Flow& flow) {
    touched_.insert(id);
    if (flow.state == WorkflowState::running) return;
    flow.state = WorkflowState::running;
    flow.finished_at.reset();
    ++flow.run;
}

std::vector<FlowStep> WorkflowRule::retry(const WorkflowId& id, const JobId& job) {
    std::vector<FlowStep> steps;
    Flow& flow = flows_.at(id);
    FlowPart& part = *flow.find(job);
    reopen(flow, part, steps);
    if (all_parents_ended(flow, part)) {  // somebody wants it to begin, whatever they ended with
        part.stand = Stand::released;
        steps.push_back({job, FlowStep::Kind::anew});
    }
    go_on(id, flow);
    return steps;
}

std::vector<FlowStep> WorkflowRule::retry_all(const WorkflowId& id, std::uint64_t& retried) {
    std::vector<FlowStep> steps;
    Flow& flow = flows_.at(id);
    std::vector<FlowPart*> again;
    for (auto& part : flow.parts)
        if (part.stand == Stand::failed && !part.gone) again.push_back(&part);
    for (auto* const part : again)
        if (part->stand == Stand::failed) reopen(flow, *part, steps);
    for (auto* const part : again) {
        if (!all_parents_ended(flow, *part)) continue;
        part->stand = Stand::released;
        steps.push_back({part->id(), FlowStep::Kind::anew});
    }
    retried = again.size();
    // Skipped by hand, or after one that is gone: they wait for their parents again, unless these
    // still forbid it.
    for (bool more = true; more;) {
        more = false;
        for (auto& part : flow.parts) {
            if (part.stand != Stand::skipped || part.gone) continue;
            const bool open = !all_parents_ended(flow, part);
            if (!open && is_forbidden(flow, part)) continue;
            reopen(flow, part, steps);
            more = true;
        }
    }
    for (auto& part : flow.parts) {
        const bool waits = part.stand == Stand::pending;
        const bool fresh = std::ranges::none_of(again, [&](auto* one) { return one == &part; });
        retried += waits && fresh && all_parents_ended(flow, part) ? 1 : 0;
    }
    if (!steps.empty()) go_on(id, flow);
    return steps;
}

FlowNews WorkflowRule::work_off(Timestamp now) {
    FlowNews news;
    for (const auto& id : touched_) {
        Flow& flow = flows_.at(id);
        while (move_on(flow, news.steps)) {
        }
        const bool over = std::ranges::all_of(flow.parts, &FlowPart::has_ended);
        if (!over || flow.state != WorkflowState::running) continue;
        flow.state = end_of(flow);
        flow.finished_at = now;
        flow.cancel_requested = false;
        news.ended.push_back(id);
        await_callbacks(id, flow, news.callbacks);
    }
    return news;
}

std::set<WorkflowId> WorkflowRule::take_touched() {
    return std::exchange(touched_, {});
}

}  // namespace errand::sim
