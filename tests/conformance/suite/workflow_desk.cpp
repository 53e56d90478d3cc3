#include "conformance/suite/workflow_desk.hpp"

#include <algorithm>
#include <ostream>
#include <stdexcept>

namespace errand::test {

namespace {

NewJob job_of_type(std::string_view type) {
    NewJob job;
    job.id = new_job_id();
    job.type = type;
    return job;
}

}  // namespace

WorkflowJob node(std::string_view name, std::initializer_list<std::string_view> after,
                 OnFailure policy) {
    WorkflowJob job{std::string{name}, job_of_type(name)};
    for (const auto parent : after)
        job.after.push_back({std::string{parent}, policy});
    return job;
}

NewWorkflow WorkflowDesk::workflow(std::vector<WorkflowJob> jobs) {
    NewWorkflow workflow;
    workflow.id = new_job_id();
    workflow.name = "test";
    workflow.jobs = std::move(jobs);
    return workflow;
}

NewWorkflow WorkflowDesk::with_callbacks(std::vector<WorkflowJob> jobs) {
    NewWorkflow made = workflow(std::move(jobs));
    made.callbacks.on_success = job_of_type("success");
    made.callbacks.on_failure = job_of_type("failure");
    made.callbacks.on_complete = job_of_type("complete");
    for (auto* job :
         {&made.callbacks.on_success, &made.callbacks.on_failure, &made.callbacks.on_complete}) {
        (*job)->id = {};
        (*job)->queue = "callbacks";
    }
    return made;
}

WorkflowId WorkflowDesk::add(const NewWorkflow& workflow) {
    EXPECT_TRUE(store_.insert_workflow(workflow));
    for (const WorkflowJob& job : workflow.jobs)
        ids_[job.name] = job.job.id;
    return workflow.id;
}

std::optional<std::vector<AddResult>> WorkflowDesk::extend(const Lease& lease,
                                                           const std::vector<WorkflowJob>& jobs) {
    auto results = store_.extend_workflow(lease.ref, jobs);
    for (std::size_t i = 0; results && i < jobs.size(); ++i) {
        if ((*results)[i] == AddResult::added) ids_[jobs[i].name] = jobs[i].job.id;
    }
    return results;
}

const JobId& WorkflowDesk::id(std::string_view name) const {
    const auto found = ids_.find(name);
    if (found == ids_.end()) throw std::logic_error("no job is called " + std::string{name});
    return found->second;
}

JobState WorkflowDesk::state(std::string_view name) {
    const auto job = store_.find(id(name));
    if (!job) throw std::logic_error("job " + std::string{name} + " is gone");
    return job->state;
}

WorkflowView WorkflowDesk::view(const WorkflowId& id) {
    auto found = store_.find_workflow(id);
    if (!found) throw std::logic_error("no workflow " + to_string(id));
    return std::move(*found);
}

std::string WorkflowDesk::states(const WorkflowId& id) {
    std::string text;
    for (const WorkflowJobView& job : store_.workflow_jobs(id, 0, 10'000).jobs) {
        if (!text.empty()) text += ", ";
        text += job.name + " " + std::string{job.skipped ? "skipped" : to_string(job.state)};
    }
    return text;
}

std::vector<Lease> WorkflowDesk::claim_type(std::string_view type) {
    if (!session_) {
        WorkerInfo info;
        info.name = "desk";
        info.host = "host1";
        info.max_leases = 65'536;
        session_ = store_.join(info);
    }
    return store_.claim({session_->id(), {{"default", 1}}, {std::string{type}}});
}

Lease WorkflowDesk::claim(std::string_view name) {
    const auto leases = claim_type(name);
    if (leases.empty()) throw std::logic_error(std::string{name} + " is not available");
    return leases.front();
}

bool WorkflowDesk::is_claimable(std::string_view name) {
    return store_.find(id(name))->state == JobState::available;
}

void WorkflowDesk::end(std::string_view name, JobState as, std::string_view result) {
    EXPECT_EQ(settle(claim(name), as, result), SettleResult::ok) << name;
}

SettleResult WorkflowDesk::settle(const Lease& lease, JobState as, std::string_view result) {
    Settlement item;
    item.lease = lease.ref;
    item.to = as;
    item.result = result;
    return store_.settle({&item, 1}).at(0);
}

std::size_t WorkflowDesk::drain() {
    std::size_t calls = 0;
    for (;;) {
        const auto due = store_.promote_due(1'000).next_due;
        ++calls;
        if (!due || *due > store_.now()) return calls;
    }
}

std::vector<std::string> WorkflowDesk::callbacks() {
    JobFilter filter;
    filter.queue = "callbacks";
    std::vector<std::string> types;
    for (const Job& job : store_.list(filter, 1'000, "").jobs)
        types.push_back(job.type);
    std::ranges::reverse(types);
    return types;
}

void WorkflowDesk::expect_sound() {
    for (const CheckFinding& finding : store_.check()) {
        // Of the disk this says nothing.
        if (finding.what == "free space") continue;
        EXPECT_TRUE(finding.ok) << finding.what << ": " << finding.detail;
    }
}

}  // namespace errand::test

namespace errand {

void PrintTo(WorkflowState state, std::ostream* out) {
    *out << to_string(state);
}

void PrintTo(AddResult result, std::ostream* out) {
    *out << (result == AddResult::added ? "added" : "already_there");
}

void PrintTo(const WorkflowCounts& counts, std::ostream* out) {
    *out << "pending " << counts.pending << ", released " << counts.released << ", completed "
         << counts.completed << ", failed " << counts.failed << ", skipped " << counts.skipped;
}

}  // namespace errand
