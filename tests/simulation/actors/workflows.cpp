#include "simulation/actors/workflows.hpp"

#include <errand/error.hpp>

#include <algorithm>
#include <span>
#include <string>
#include <utility>

namespace errand::sim {

using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t most_jobs = 12;
constexpr std::size_t newest_kept = 8;

NewJob callback(Chance& chance, std::string name) {
    NewJob job;
    job.type = "callback";
    job.queue = chance.hit(0.5) ? "a" : "b";
    job.args = "[\"" + std::move(name) + "\"]";
    return job;
}

}  // namespace

OnFailure some_policy_on_failure(Chance& chance) {
    return static_cast<OnFailure>(1 + chance.below(3));
}

WorkflowCallbacks WorkflowUsers::some_callbacks() {
    auto& chance = world_.chance;
    WorkflowCallbacks callbacks;
    if (chance.hit(0.6)) callbacks.on_success = callback(chance, "on_success");
    if (chance.hit(0.6)) callbacks.on_failure = callback(chance, "on_failure");
    if (chance.hit(0.6)) callbacks.on_complete = callback(chance, "on_complete");
    return callbacks;
}

/// Jobs stand in any order, not parents first.
NewWorkflow WorkflowUsers::some_workflow(const std::function<NewJob()>& new_job) {
    auto& chance = world_.chance;
    NewWorkflow workflow;
    workflow.id = chance.job_id();
    workflow.callbacks = some_callbacks();
    const auto count = 1 + chance.below(most_jobs);
    const double density = chance.unit() * 0.7;
    for (std::uint64_t i = 0; i < count; ++i) {
        WorkflowJob job{{}, new_job()};
        job.name = to_string(job.job.id);
        job.job.unique_key.clear();
        job.job.unique = {};
        if (chance.hit(0.1)) job.job.args = "[\"adder\"]";
        for (const auto& before : workflow.jobs) {
            if (job.after.size() == 4 || !chance.hit(density)) continue;
            job.after.push_back({before.name, some_policy_on_failure(chance)});
        }
        workflow.jobs.push_back(std::move(job));
    }
    for (std::size_t i = workflow.jobs.size(); i > 1; --i)
        std::swap(workflow.jobs[i - 1], workflow.jobs[chance.below(i)]);
    return workflow;
}

void WorkflowUsers::submit(Store& store, const std::function<NewJob()>& new_job) {
    const auto workflow = some_workflow(new_job);
    Known known{workflow.id, {}};
    for (const auto& job : workflow.jobs)
        known.jobs.push_back(job.job.id);
    while (true) {
        try {
            static_cast<void>(store.insert_workflow(workflow));
            break;
        } catch (const Error& error) {
            if (error.code() != ErrorCode::store_unavailable) throw;
            world_.scheduler.sleep(world_.chance.between(10ms, 300ms));
        }
    }
    newest_.push_back(std::move(known));
    if (newest_.size() > newest_kept) newest_.pop_front();
}

void WorkflowUsers::change(Store& store) {
    if (newest_.empty()) return;
    auto& chance = world_.chance;
    const auto known = newest_[chance.below(newest_.size())];
    const auto what = chance.below(10);
    if (what < 2) {
        static_cast<void>(store.cancel_workflow(known.id));
    } else if (what < 5) {
        std::uint64_t retried = 0;
        static_cast<void>(store.retry_workflow(known.id, retried));
    } else if (what < 6) {
        static_cast<void>(store.find_workflow(known.id));
    } else {
        change_job(store, known.jobs[chance.below(known.jobs.size())]);
    }
}

void WorkflowUsers::change_job(Store& store, const JobId& id) {
    const std::span one{&id, 1};
    const auto what = world_.chance.below(8);
    if (what < 3) {
        static_cast<void>(store.cancel(one));
    } else if (what < 7) {
        static_cast<void>(store.retry(one));
    } else {
        static_cast<void>(store.remove(one));
    }
}

}  // namespace errand::sim
