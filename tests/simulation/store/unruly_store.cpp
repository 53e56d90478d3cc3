#include "simulation/store/unruly_store.hpp"

#include "simulation/time/chance.hpp"

#include <algorithm>
#include <string>

namespace errand::sim {

using namespace std::chrono_literals;

namespace {

/// Of one event in so many nobody hears, or everybody twice.
constexpr std::uint64_t one_event_in = 50;

std::vector<Job> callbacks_of(Store& store, const WorkflowId& id) {
    auto jobs = store.list({{}, "callback", {}, {}}, 100, "").jobs;
    std::erase_if(jobs, [text = to_string(id)](const Job& job) {
        return job.meta.find(text) == std::string::npos;
    });
    return jobs;
}

NewJob copy_of(const Job& job, const JobId& id) {
    NewJob copy;
    copy.id = id;
    copy.type = job.type;
    copy.queue = job.queue;
    copy.args = job.args;
    copy.meta = job.meta;
    return copy;
}

}  // namespace

std::optional<WorkflowId> UnrulyStore::workflow_of(const JobId& job) {
    const auto found = inner().find(job);
    return found ? found->workflow : std::nullopt;
}

/// A crash between the end of a parent and the release of its child: nobody comes to it any more.
std::vector<Lease> UnrulyStore::claim(const ClaimRequest& request) {
    auto leases = inner().claim(request);
    if (!is(Mutant::child_orphaned)) return leases;
    std::erase_if(leases, [this](const Lease& lease) {
        if (!lease.in_workflow || !chance_.hit(0.02)) return false;
        if (inner().parent_results(lease.ref.id).empty()) return false;
        Settlement put_aside;
        put_aside.lease = lease.ref;
        put_aside.to = JobState::scheduled;
        put_aside.delay = 1h;
        put_aside.uses_attempt = false;
        return inner().settle({&put_aside, 1}).front() == SettleResult::ok;
    });
    return leases;
}

std::vector<SettleResult> UnrulyStore::settle(std::span<const Settlement> items) {
    auto results = inner().settle(items);
    const bool counts = is(Mutant::callback_twice) || is(Mutant::counter_past_zero);
    for (std::size_t i = 0; counts && i < results.size(); ++i) {
        if (results[i] != SettleResult::already_settled || !is_end(items[i].to)) continue;
        if (const auto workflow = workflow_of(items[i].lease.id)) settled_again(*workflow);
    }
    if (is(Mutant::callback_never)) forget_callbacks(items);
    return results;
}

/// A repeated end counts again, and is the last one again.
void UnrulyStore::settled_again(const WorkflowId& id) {
    ++counted_twice_[id];
    const auto view = inner().find_workflow(id);
    if (!is(Mutant::callback_twice) || !view || view->state == WorkflowState::running) return;
    for (const auto& job : callbacks_of(inner(), id)) {
        const auto copy = copy_of(job, chance_.job_id());
        static_cast<void>(inner().insert({&copy, 1}));
    }
}

/// Of two that end at once each takes the other for the last one.
void UnrulyStore::forget_callbacks(std::span<const Settlement> items) {
    std::map<WorkflowId, std::uint32_t> ended;
    for (const auto& item : items) {
        if (!is_end(item.to)) continue;
        if (const auto workflow = workflow_of(item.lease.id)) ++ended[*workflow];
    }
    for (const auto& [id, count] : ended) {
        const auto view = inner().find_workflow(id);
        if (count < 2 || !view || view->finished_at != inner().now()) continue;
        for (const auto& job : callbacks_of(inner(), id))
            static_cast<void>(inner().remove({&job.id, 1}));
    }
}

/// A child is released when the first of its parents has ended.
bool UnrulyStore::insert_workflow(const NewWorkflow& workflow) {
    auto given = workflow;
    for (auto& job : given.jobs) {
        const bool early = is(Mutant::child_released_early) && chance_.hit(0.2);
        if (early && job.after.size() > 1) job.after.resize(1);
    }
    return inner().insert_workflow(given);
}

std::optional<WorkflowView> UnrulyStore::find_workflow(const WorkflowId& id) {
    auto view = inner().find_workflow(id);
    const auto twice = counted_twice_.find(id);
    if (view && is(Mutant::counter_past_zero) && twice != counted_twice_.end()) {
        view->counts.released -= twice->second;
        view->counts.completed += twice->second;
    }
    return view;
}

/// What runs already does not hear of it, and its completion counts.
ControlResult UnrulyStore::cancel_workflow(const WorkflowId& id) {
    const auto view = inner().find_workflow(id);
    if (!is(Mutant::cancel_lost_against_completion) || !view ||
        view->state != WorkflowState::running) {
        return inner().cancel_workflow(id);
    }
    bool any_active = false;
    std::vector<JobId> waiting;
    for (const auto& job : inner().workflow_jobs(id, 0, 10'000).jobs) {
        if (job.state == JobState::active) any_active = true;
        if (job.state != JobState::active && !is_end(job.state)) waiting.push_back(job.id);
    }
    if (!any_active) return inner().cancel_workflow(id);
    if (!waiting.empty()) static_cast<void>(inner().cancel(waiting));
    return ControlResult::requested;
}

std::optional<EventPage> UnrulyStore::read_events(std::string_view name, std::uint32_t max) {
    auto page = inner().read_events(name, max);
    if (!page) return page;
    if (is(Mutant::event_lost)) {
        std::erase_if(page->events,
                      [](const Event& event) { return event.seq % one_event_in == 0; });
    }
    if (!is(Mutant::event_twice)) return page;
    std::vector<Event> told;
    for (auto& event : page->events) {
        const bool again = event.seq % one_event_in == 0;
        event.seq *= 2;
        told.push_back(event);
        if (!again) continue;
        told.push_back(event);
        ++told.back().seq;
    }
    page->events = std::move(told);
    page->up_to = page->up_to * 2 + 1;
    return page;
}

bool UnrulyStore::acknowledge_events(std::string_view name, std::uint64_t seq) {
    return inner().acknowledge_events(name, is(Mutant::event_twice) ? seq / 2 : seq);
}

SignalResult UnrulyStore::signal(const JobId& id, std::string_view name, std::string_view value) {
    if (is(Mutant::signal_lost_before_wait)) {
        const auto job = inner().find(id);
        const bool lives = job && !is_end(job->state);
        if (lives && job->awaits_signal != name) {
            const auto key = "signal:" + std::string{name};
            return inner().find_effect(id, key) ? SignalResult::already_there : SignalResult::kept;
        }
    }
    return inner().signal(id, name, value);
}

}  // namespace errand::sim
