#include "simulation/oracle/oracle.hpp"

#include <algorithm>

// Jobs that belong together: I12, I13, I16. What a call does to them besides what it says is worked
// out by WorkflowRule, and what the store shows must be the same.

namespace errand::sim {

namespace {

std::string_view wrong_in(const WorkflowView& shown, const Flow& flow) {
    if (shown.state != flow.state) return "state";
    if (shown.counts != flow.counts()) return "counts";
    if (shown.cancel_requested != flow.cancel_requested) return "cancel_requested";
    if (shown.run != flow.run) return "run";
    if (shown.finished_at != flow.finished_at) return "finished_at";
    if (shown.name != flow.name) return "name";
    if (shown.callbacks != flow.callbacks) return "callbacks";
    return {};
}

}  // namespace

void Oracle::workflow_inserted(const NewWorkflow& workflow, bool added, Timestamp now) {
    saw(now);
    const Flow* const old = workflows_.find(workflow.id);
    if (!added) {
        expect(old != nullptr, "I2", workflow.id, "a workflow is said to be there already");
        return met(Situation::workflow_repeated);
    }
    expect(old == nullptr || is_gone(*old), "I12", workflow.id, "a workflow was inserted twice");
    met(Situation::workflow_begun);
    workflows_.add(workflow);
    tell(workflow.id, EventKind::workflow_started);
    for (const auto& job : workflow.jobs)
        join_workflow(job, workflow.id, now);
}

/// Those without parents are as any other job.
void Oracle::join_workflow(const WorkflowJob& job, const WorkflowId& workflow, Timestamp now) {
    const auto& id = job.job.id;
    Tale& fresh = newborn(job.job, now);
    fresh.workflow = workflow;
    if (job.after.empty()) return begin_life(fresh, id, now);
    wait_for_parents(fresh, id);
}

void Oracle::wait_for_parents(Tale& job, const JobId& id) {
    job.due = Timestamp::max();
    job.attempt = job.crashes = job.interruptions = job.snoozes = job.starts = 0;
    job.result.clear();
    enter(job, id, Tale::Stage::waiting, JobState::pending);
}

void Oracle::workflow_extended(const LeaseRef& lease, std::span<const WorkflowJob> jobs,
                               const std::optional<std::vector<AddResult>>& results,
                               Timestamp now) {
    saw(now);
    Tale* const adder = known(lease.id);
    const bool valid = adder != nullptr && adder->holds(lease);
    expect(valid == results.has_value(), "I5", lease.id, "{}",
           valid ? "its valid lease may not add jobs" : "a stale lease added jobs");
    if (!valid) return;
    expect(adder->workflow.has_value(), "I12", lease.id, "added jobs, and is in no workflow");
    const auto workflow = *adder->workflow;
    const Flow& flow = *workflows_.find(workflow);
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        const bool there = flow.named(jobs[i].name) != nullptr;
        expect(there == ((*results)[i] == AddResult::already_there), "I12", jobs[i].job.id, "{}",
               there ? "was added a second time" : "was not added");
        if (there) continue;
        met(Situation::workflow_extended);
        // Whether its parents have ended shows when all is worked off.
        workflows_.extend(workflow, jobs[i]);
        Tale& fresh = newborn(jobs[i].job, now);
        fresh.workflow = workflow;
        wait_for_parents(fresh, jobs[i].job.id);
    }
}

void Oracle::workflow_cancelled(const WorkflowId& id, ControlResult result, Timestamp now) {
    saw(now);
    const Flow* const flow = workflows_.find(id);
    if (flow == nullptr || (result == ControlResult::not_found && is_gone(*flow))) return;
    const bool runs = flow->state == WorkflowState::running;
    if (result == ControlResult::refused) {
        return expect(!runs && flow->state != WorkflowState::cancelled, "I13", id,
                      "a workflow that runs cannot be cancelled");
    }
    expect(result == ControlResult::done || result == ControlResult::requested, "I12", id,
           "a workflow is not found");
    if (!runs) return;
    bool any_active = false;
    for (const auto& begun : workflows_.cancel(id)) {
        const bool active = known(begun)->stage == Tale::Stage::active;
        any_active |= active;
        cancelled(begun, active ? ControlResult::requested : ControlResult::done, now);
    }
    met(any_active ? Situation::workflow_cancel_requested : Situation::workflow_cancelled);
    expect(any_active == (result == ControlResult::requested), "I13", id,
           "whoever cancels a workflow is not told truly whether it has ended");
}

void Oracle::workflow_retried(const WorkflowId& id, ControlResult result, std::uint64_t retried,
                              Timestamp now) {
    saw(now);
    const Flow* const flow = workflows_.find(id);
    if (flow == nullptr || (result == ControlResult::not_found && is_gone(*flow))) return;
    if (flow->cancel_requested) {
        return expect(result == ControlResult::refused, "I12", id,
                      "a workflow that is being cancelled goes on");
    }
    std::uint64_t anew = 0;
    const auto run = flow->run;
    const auto steps = workflows_.retry_all(id, anew);
    expect(steps.empty() == (result == ControlResult::refused), "I12", id, "{}",
           steps.empty() ? "was retried although nothing failed" : "its failures stay failed");
    if (steps.empty()) return;
    expect(retried == anew, "I12", id, "{} jobs are said to begin anew, and {} do", retried, anew);
    met(Situation::workflow_retried);
    for (const auto& step : steps)
        take(step, now);
    went_on(id, run);
}

/// If it had ended before its present run, it began once more.
void Oracle::went_on(const WorkflowId& id, std::uint32_t run_before) {
    if (workflows_.find(id)->run != run_before) tell(id, EventKind::workflow_started);
}

/// A job that had ended, by itself.
void Oracle::part_retried(const Tale& job, const JobId& id) {
    met(Situation::part_retried);
    const auto flow = *job.workflow;
    const auto run = workflows_.find(flow)->run;
    for (const auto& step : workflows_.retry(flow, id))
        take(step, shown_);
    went_on(flow, run);
}

void Oracle::take(const FlowStep& step, Timestamp now) {
    Tale& job = *known(step.id);
    switch (step.kind) {
        case FlowStep::Kind::waits:
            tell(step.id, EventKind::job_retried);
            return wait_for_parents(job, step.id);
        case FlowStep::Kind::anew:
            job.due = {};
            return enter(job, step.id, Tale::Stage::waiting, JobState::available);
        case FlowStep::Kind::released:
            met(Situation::child_released);
            job.released_at = time_->now();
            job.due = std::max(now, job.asked.run_at.value_or(now + job.asked.delay));
            return enter(job, step.id, Tale::Stage::waiting,
                         job.due > now ? JobState::scheduled : JobState::available);
        case FlowStep::Kind::skipped:
            met(Situation::child_skipped);
            job.ended_at = now;
            tell(step.id, EventKind::job_cancelled);
            return enter(job, step.id, Tale::Stage::ended, JobState::cancelled);
    }
}

std::set<WorkflowId> Oracle::workflows_go_on(Timestamp now) {
    const auto news = workflows_.work_off(now);
    for (const auto& step : news.steps)
        take(step, now);
    for (const auto& id : news.ended) {
        met(Situation::workflow_ended);
        tell(id, EventKind::workflow_ended);
    }
    callbacks_.insert(callbacks_.end(), news.callbacks.begin(), news.callbacks.end());
    return workflows_.take_touched();
}

bool Oracle::callback_found(const Job& job, Timestamp now) {
    // One that has ended is not of this call; so old that it may be gone, it may yet be there.
    if (is_end(job.state) || (known(job.id) != nullptr && !is_gone(*known(job.id)))) return false;
    const auto has = [&](const std::string& name, std::string_view value) {
        const auto member = fmt::format("\"{}\":\"{}\"", name, value);
        return job.meta.find(member) != std::string::npos;
    };
    const auto awaited = std::ranges::find_if(callbacks_, [&](const AwaitedCallback& callback) {
        return job.args == callback.asked.args && job.queue == callback.asked.queue &&
               has("errand.workflow", to_string(callback.workflow)) &&
               has("errand.workflow_state", to_string(callback.end));
    });
    expect(awaited != callbacks_.end(), "I12", job.id,
           "a callback {} was made of an end that has made it, or of none: {}", job.args, job.meta);
    met(Situation::callback_made);
    auto asked = awaited->asked;
    asked.id = job.id;
    callbacks_.erase(awaited);
    Tale& fresh = newborn(asked, now);
    fresh.exempt = fresh.displaced = true;  // which of several came first is not known
    begin_life(fresh, job.id, now);
    return true;
}

void Oracle::expect_no_callback_awaited() {
    if (callbacks_.empty()) return;
    broken("I12", callbacks_.front().workflow,
           fmt::format("a workflow ended {}, and its callback {} was not made",
                       to_string(callbacks_.front().end), callbacks_.front().asked.args));
}

bool Oracle::is_gone(const Flow& flow) const {
    return flow.finished_at && *flow.finished_at + rules_.retention <= latest_;
}

void Oracle::showed_workflow(const WorkflowId& id, const std::optional<WorkflowView>& shown) {
    const Flow* const flow = workflows_.find(id);
    if (!shown) {
        return expect(flow == nullptr || is_gone(*flow), "I12", id, "a workflow is not there");
    }
    expect(flow != nullptr, "I2", id, "a workflow that nobody inserted is there");
    const auto wrong = wrong_in(*shown, *flow);
    const auto counts = flow->counts();
    const auto& seen = shown->counts;
    expect(wrong.empty(), "I12, I16", id,
           "{} of a workflow is wrong: it is {} and shown as {}, with {} pending, {} released, {} "
           "completed, {} failed, {} skipped, and shown with {}, {}, {}, {}, {}",
           wrong, to_string(flow->state), to_string(shown->state), counts.pending, counts.released,
           counts.completed, counts.failed, counts.skipped, seen.pending, seen.released,
           seen.completed, seen.failed, seen.skipped);
}

void Oracle::showed_parts(const WorkflowId& id, const std::vector<WorkflowJobView>& shown) {
    Flow* const flow = workflows_.find(id);
    if (flow == nullptr || is_gone(*flow)) return;
    expect(shown.size() == flow->parts.size(), "I12", id, "a workflow has {} jobs, and shows {}",
           flow->parts.size(), shown.size());
    for (const auto& view : shown) {
        const FlowPart* const part = flow->find(view.id);
        expect(part != nullptr && part->asked.name == view.name && part->asked.after == view.after,
               "I12", view.id, "is shown as job {} of a workflow, and is none", view.name);
        const bool skipped = part->stand == FlowPart::Stand::skipped;
        expect(view.skipped == skipped, "I12", view.id, "is {}skipped, and shown otherwise",
               skipped ? "" : "not ");
        const bool right = part->has_ended() ? view.state == part->end : !is_end(view.state);
        expect(right, "I12", view.id, "is shown as {} in its workflow", to_string(view.state));
    }
}

void Oracle::showed_results(const JobId& id, const std::vector<ParentResult>& shown) {
    const Tale* const job = known(id);
    if (job == nullptr || is_gone(*job)) return;
    std::size_t next = 0;
    if (job->workflow) {
        Flow& flow = *workflows_.find(*job->workflow);
        for (const auto& after : flow.find(id)->asked.after) {
            const FlowPart& parent = *flow.named(after.parent);
            if (!parent.has_ended()) continue;
            expect(next < shown.size() && shown[next].id == parent.id() &&
                       shown[next].name == after.parent && shown[next].state == parent.end,
                   "I12", id, "is not told truly of its parent {}", after.parent);
            const auto result = parent.gone ? std::string{} : known(parent.id())->result;
            expect(shown[next].result == result, "I12", id,
                   "is given another result of its parent");
            if (!result.empty()) met(Situation::result_handed_on);
            ++next;
        }
    }
    expect(next == shown.size(), "I12", id, "is told of jobs that are no parents of it");
}

void Oracle::audit_workflows(Store& store) {
    for (const auto& [id, flow] : workflows_.all()) {
        const auto shown = store.find_workflow(id);
        showed_workflow(id, shown);
        if (!shown) continue;
        expect(flow.state != WorkflowState::running, "I15", id,
               "a workflow has not ended after all faults were healed");
        showed_parts(id, store.workflow_jobs(id, 0, 10'000).jobs);
    }
}

/// A child begins after its parents, and not where it must be skipped.
void Oracle::expect_parents_ended(const Tale& job, const JobId& id) {
    if (!job.workflow) return;
    expect(job.state != JobState::pending, "I12", id,
           "was claimed although its parents have not ended");
}

}  // namespace errand::sim
