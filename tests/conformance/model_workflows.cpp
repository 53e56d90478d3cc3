#include "conformance/model_player.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

// The calls about workflows, played by random numbers.

namespace errand::test {

using namespace std::chrono_literals;

namespace {

constexpr std::array policies{OnFailure::fail, OnFailure::go_on, OnFailure::ignore};

NewJob job_of(const JobId& id, std::uint32_t number) {
    NewJob job;
    job.id = id;
    job.type = number % 2 == 0 ? "a" : "b";
    job.queue = number % 3 == 0 ? "q1" : "q2";
    if (number % 4 == 0) job.key = number % 8 == 0 ? "k0" : "k1";
    if (number % 7 == 0) job.delay = 1s;
    job.priority = static_cast<std::int32_t>(number % 3) - 1;
    return job;
}

/// A job that may come after any of those `before` it.
WorkflowJob node(const std::string& name, const JobId& id, const std::vector<std::string>& before,
                 std::uint32_t number) {
    WorkflowJob job{name, job_of(id, number), {}};
    for (std::size_t i = 0; i < before.size(); ++i) {
        const auto chosen = number / (i + 1) + i;
        if (chosen % 2 == 0) job.after.push_back({before[i], policies[chosen % policies.size()]});
    }
    return job;
}

std::string dump(const WorkflowView& view) {
    const WorkflowCounts& counts = view.counts;
    return fmt::format(
        "workflow {} '{}' {} cancel={} run={} created={} finished={} pending={} released={} "
        "completed={} failed={} skipped={}\n",
        to_string(view.id), view.name, to_string(view.state), view.cancel_requested, view.run,
        format_timestamp(view.created_at),
        view.finished_at ? format_timestamp(*view.finished_at) : "no", counts.pending,
        counts.released, counts.completed, counts.failed, counts.skipped);
}

std::string dump(const WorkflowJobView& job) {
    std::string text = fmt::format("  {} {} {} {} {} skipped={}", job.name, to_string(job.id),
                                   job.type, job.queue, to_string(job.state), job.skipped);
    for (const Dependency& after : job.after)
        text += fmt::format(" {}:{}", after.parent, to_string(after.on_failure));
    if (job.progress) text += fmt::format(" {}/{}", job.progress->current, job.progress->total);
    return text + "\n";
}

template <class F>
std::string answer_of(F call) {
    try {
        return call();
    } catch (const Error& error) {
        return fmt::format("refused: {}", error.what());
    }
}

}  // namespace

std::string Player::insert_workflow(const Command& command, std::span<const JobId> fresh) {
    const auto& n = command.numbers;
    NewWorkflow workflow;
    // Sometimes one that was inserted before.
    workflow.id = n[7] % 9 == 0 ? workflow_ids_.back() : fresh[0];
    workflow.name = fmt::format("w{}", n[0]);
    std::vector<std::string> names;
    for (std::uint32_t i = 0; i <= n[0] % 5; ++i) {
        const std::string name = fmt::format("n{}", i);
        workflow.jobs.push_back(node(name, fresh[1 + i], names, n[1 + i] + i));
        names.push_back(name);
    }
    if (n[6] % 2 == 0) std::ranges::reverse(workflow.jobs);
    if (n[6] % 3 == 0) workflow.callbacks.on_success = job_of({}, n[5]);
    if (n[6] % 4 == 0) workflow.callbacks.on_failure = job_of({}, n[4]);
    if (n[6] % 5 == 0) workflow.callbacks.on_complete = job_of({}, n[3]);
    return answer_of([&] {
        const bool inserted = store_->insert_workflow(workflow);
        if (inserted) {
            workflow_ids_.push_back(workflow.id);
            for (const WorkflowJob& job : workflow.jobs)
                ids_.push_back(job.job.id);
        }
        return fmt::format("inserted {}", inserted);
    });
}

std::string Player::extend_workflow(const Command& command, std::span<const JobId> fresh) {
    if (leases_.empty()) return {};
    const auto& n = command.numbers;
    const std::size_t back = n[0] % std::min<std::size_t>(leases_.size(), 6);
    const LeaseRef& lease = leases_[leases_.size() - 1 - back].lease;
    std::vector<WorkflowJob> jobs;
    std::vector<std::string> names{"n0", "n1"};
    for (std::uint32_t i = 0; i <= n[1] % 3; ++i) {
        const std::string name = fmt::format("{}{}", n[2] % 3 == 0 ? "n" : "x", n[3] % 4 + i);
        jobs.push_back(node(name, fresh[i], names, n[4 + i]));
        std::erase_if(jobs.back().after,
                      [&](const Dependency& after) { return after.parent == name; });
        names.push_back(name);
    }
    return answer_of([&] {
        const auto results = store_->extend_workflow(lease, jobs);
        if (!results) return std::string{"lease_lost"};
        std::string text;
        for (std::size_t i = 0; i < jobs.size(); ++i) {
            const bool added = (*results)[i] == AddResult::added;
            text += added ? "added " : "there ";
            if (added) ids_.push_back(jobs[i].job.id);
        }
        return text;
    });
}

std::string Player::control_workflow(const Command& command) {
    const auto& n = command.numbers;
    const WorkflowId& id = workflow_ids_[n[0] % workflow_ids_.size()];
    if (command.kind == CommandKind::cancel_workflow) {
        return fmt::format("{}", static_cast<int>(store_->cancel_workflow(id)));
    }
    std::uint64_t retried = 0;
    const ControlResult result = store_->retry_workflow(id, retried);
    return fmt::format("{} retried {}", static_cast<int>(result), retried);
}

std::string Player::workflows() {
    std::string text;
    for (const WorkflowView& view : store_->list_workflows({}, {}, 100)) {
        text += dump(view);
        for (const WorkflowJobView& job : store_->workflow_jobs(view.id, 0, 100).jobs) {
            text += dump(job);
            for (const ParentResult& parent : store_->parent_results(job.id)) {
                text += fmt::format("    {} {} {} {}\n", parent.name, to_string(parent.id),
                                    to_string(parent.state), parent.result);
            }
        }
    }
    return text;
}

std::string Player::damage() {
    std::string text;
    for (const CheckFinding& finding : store_->check()) {
        const bool of_jobs = finding.what == "workflows" || finding.what == "states" ||
                             finding.what == "integrity" || finding.what == "turns of keys";
        if (of_jobs && !finding.ok) text += "damaged: " + finding.detail + "\n";
    }
    return text;
}

}  // namespace errand::test
