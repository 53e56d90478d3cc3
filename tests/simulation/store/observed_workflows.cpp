#include "simulation/oracle/oracle.hpp"
#include "simulation/store/observed_store.hpp"
#include "simulation/time/scheduler.hpp"

#include <string>

namespace errand::sim {

namespace {

constexpr std::uint32_t page = 100;
constexpr std::uint32_t more_than_any_workflow_has = 10'000;

}  // namespace

/// Callbacks are made by whatever call ended the workflow; nobody is told their ids.
void ObservedStore::learn_callbacks() {
    const auto now = this->now();
    std::string cursor;
    do {
        const auto listed = inner().list({{}, "callback", {}, {}}, page, cursor);
        for (const Job& job : listed.jobs) {
            if (oracle_.callback_found(job, now)) note(job.id, 0);
        }
        cursor = listed.next_cursor;
    } while (!cursor.empty() && oracle_.awaits_callbacks());
    oracle_.expect_no_callback_awaited();
}

void ObservedStore::look_at_workflows() {
    const auto touched = oracle_.workflows_go_on(now());
    if (oracle_.awaits_callbacks()) learn_callbacks();
    for (const auto& id : touched) {
        const auto view = inner().find_workflow(id);
        oracle_.showed_workflow(id, view);
        if (!view || view->state == WorkflowState::running) continue;
        oracle_.showed_parts(id, inner().workflow_jobs(id, 0, more_than_any_workflow_has).jobs);
    }
}

bool ObservedStore::insert_workflow(const NewWorkflow& workflow) {
    const bool added = test::ForwardingStore::insert_workflow(workflow);
    note(workflow.id, added ? 1 : 0);
    oracle_.workflow_inserted(workflow, added, now());
    changed();
    return added;
}

std::optional<std::vector<AddResult>> ObservedStore::extend_workflow(
    const LeaseRef& lease, std::span<const WorkflowJob> jobs) {
    auto results = test::ForwardingStore::extend_workflow(lease, jobs);
    note(lease.id, results ? 1 : 0);
    oracle_.workflow_extended(lease, jobs, results, now());
    changed();
    return results;
}

std::optional<WorkflowView> ObservedStore::find_workflow(const WorkflowId& id) {
    auto view = test::ForwardingStore::find_workflow(id);
    oracle_.saw(now());
    oracle_.showed_workflow(id, view);
    return view;
}

std::vector<ParentResult> ObservedStore::parent_results(const JobId& job) {
    auto results = test::ForwardingStore::parent_results(job);
    oracle_.showed_results(job, results);
    return results;
}

ControlResult ObservedStore::cancel_workflow(const WorkflowId& id) {
    const auto result = test::ForwardingStore::cancel_workflow(id);
    note(id, static_cast<std::uint64_t>(result));
    oracle_.workflow_cancelled(id, result, now());
    changed();
    return result;
}

ControlResult ObservedStore::retry_workflow(const WorkflowId& id, std::uint64_t& retried) {
    const auto result = test::ForwardingStore::retry_workflow(id, retried);
    note(id, static_cast<std::uint64_t>(result));
    oracle_.workflow_retried(id, result, retried, now());
    changed();
    return result;
}

void ObservedStore::put_subscription(const Subscription& subscription) {
    test::ForwardingStore::put_subscription(subscription);
    oracle_.subscribed();
    changed();
}

std::optional<EventPage> ObservedStore::read_events(std::string_view name, std::uint32_t max) {
    auto events = test::ForwardingStore::read_events(name, max);
    oracle_.events_read(events);
    return events;
}

bool ObservedStore::acknowledge_events(std::string_view name, std::uint64_t seq) {
    const bool there = test::ForwardingStore::acknowledge_events(name, seq);
    oracle_.events_acknowledged(seq);
    return there;
}

SignalResult ObservedStore::signal(const JobId& id, std::string_view name, std::string_view value) {
    const auto result = test::ForwardingStore::signal(id, name, value);
    note(id, static_cast<std::uint64_t>(result));
    oracle_.signalled(id, std::string{name}, value, result, now());
    changed();
    return result;
}

}  // namespace errand::sim
