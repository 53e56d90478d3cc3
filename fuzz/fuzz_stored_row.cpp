#include "cli/event_line.hpp"
#include "cli/job_view.hpp"
#include "client/control_json.hpp"
#include "client/job_json.hpp"
#include "core/decide.hpp"
#include "fuzz/damaged_store.hpp"
#include "fuzz/support.hpp"

#include <errand/cloud_event.hpp>
#include <errand/limits.hpp>

#include <fmt/format.h>

#include <utility>

// Rows that Errand did not write so: a SQLite store whose columns hold anything that its schema
// lets in. Every call comes to its end or throws an Error. The input is the damage, as
// DamagedStore::open_copy() reads it.

namespace errand::fuzz {
namespace {

void print(const Job& job, Timestamp now) {
    static_cast<void>(to_json_text(job));
    static_cast<void>(cli::job_details(job, {}, now, true));
    static_cast<void>(cli::end_reason(job));
    static_cast<void>(cli::job_table({job}, now).text(80, true));
}

void look(Store& store, const std::vector<JobId>& ids) {
    const auto now = store.now();
    allow_errors([&] {
        for (const auto& job : store.list({}, 100, "").jobs)
            print(job, now);
    });
    allow_errors([&] { static_cast<void>(store.list({.tag = "red"}, 2, "n7")); });
    for (const auto& id : ids) {
        allow_errors([&] {
            if (const auto job = store.find(id)) print(*job, now);
        });
        allow_errors([&] {
            for (const auto& log : store.logs(id))
                static_cast<void>(to_json_text(log));
        });
        allow_errors([&] { static_cast<void>(store.find_effect(id, "effect")); });
    }
    allow_errors([&] { static_cast<void>(to_json_text(store.stats())); });
    allow_errors([&] {
        for (const auto& worker : store.workers())
            static_cast<void>(to_json_text(worker));
    });
    allow_errors([&] {
        for (const auto& view : store.schedules_after(0, 10))
            static_cast<void>(to_json_text(view.definition));
    });
    allow_errors([&] { static_cast<void>(store.schedule_history("s", 0, 10)); });
    allow_errors([&] {
        for (const auto& view : store.suppressed(10))
            static_cast<void>(to_json_text(view));
    });
    allow_errors([&] { static_cast<void>(store.check()); });
}

void look(Store& store, const WorkflowId& workflow, const std::vector<JobId>& ids) {
    allow_errors([&] { static_cast<void>(store.find_workflow(workflow)); });
    allow_errors([&] { static_cast<void>(store.list_workflows({}, {}, 10)); });
    allow_errors(
        [&] { static_cast<void>(store.list_workflows(WorkflowState::running, workflow, 10)); });
    allow_errors([&] { static_cast<void>(store.workflow_jobs(workflow, 0, 10)); });
    for (const auto& id : ids)
        allow_errors([&] { static_cast<void>(store.parent_results(id)); });
}

/// Runs what may run of the workflow, adds to it, and ends it in every way.
void run_workflow(Store& store, const WorkflowId& workflow) {
    const core::AttemptSite site{"w3", "host", store.now()};
    allow_errors([&] {
        const auto session = store.join({.name = "w3", .host = "host", .max_leases = 10});
        const auto leases = store.claim({session->id(), {{"flow", 10}}, {"mail.send"}});
        for (const auto& lease : leases) {
            WorkflowJob added{"added", {}, {{"n12", OnFailure::ignore}}};
            added.job.id = new_job_id();
            added.job.type = "mail.send";
            allow_errors([&] { static_cast<void>(store.extend_workflow(lease.ref, {&added, 1})); });
        }
        std::vector<Settlement> items;
        for (const auto& lease : leases)
            items.push_back(
                core::decide(lease, Outcome::done("1"), StopReason::none, 0.5, site, {}));
        allow_errors([&] { static_cast<void>(store.settle(items)); });
        session->retire();
    });
    allow_errors([&] { static_cast<void>(store.promote_due(10)); });
    std::uint64_t retried = 0;
    allow_errors([&] { static_cast<void>(store.retry_workflow(workflow, retried)); });
    allow_errors([&] { static_cast<void>(store.cancel_workflow(workflow)); });
    allow_errors([&] { static_cast<void>(store.retry_workflow(workflow, retried)); });
}

/// A request of each kind that the schedule as it reads would get.
void fire(Store& store, const ScheduleView& view) {
    const auto now = store.now();
    for (const auto kind :
         {FireKind::tick, FireKind::run_now, FireKind::rehearsal, FireKind::backfill}) {
        FireRequest request{
            "s", view.revision, kind, view.last_tick, now, OverlapPolicy::cancel_previous, {}, {}};
        request.ticks.push_back({now, view.definition.job});
        request.ticks.back().job.id = new_job_id();
        allow_errors([&] { static_cast<void>(store.fire({&request, 1})); });
    }
}

void schedule(Store& store) {
    allow_errors([&] {
        if (const auto view = store.find_schedule("s")) fire(store, *view);
    });
    for (const auto state : {ScheduleState::rehearsed, ScheduleState::armed, ScheduleState::paused})
        allow_errors([&] { store.set_schedule_state("s", state, "fuzz"); });
    allow_errors([&] {
        ScheduleDefinition definition{"s", {.timing = Interval{Duration{2'000'000}}}, {}, {}, true};
        definition.job.type = "mail.send";
        static_cast<void>(store.put_schedule(definition, "fuzz"));
    });
    allow_errors([&] { static_cast<void>(store.remove_schedule("s")); });
}

void settle_as_failed(Store& store, const std::vector<Lease>& leases,
                      const core::AttemptSite& site) {
    std::vector<Settlement> items;
    for (const auto& lease : leases) {
        const Heartbeat beat{lease.ref, Duration{1'000'000}, Progress{1, 1, "end"}, "log"};
        allow_errors([&] { static_cast<void>(store.heartbeat({&beat, 1})); });
        allow_errors([&] {
            static_cast<void>(
                store.record_effect(lease.ref, "effect", "2", EffectWrite::first_stays));
        });
        auto outcome = items.empty() ? Outcome::wait_signal("go", Duration{1'000'000})
                                     : Outcome::fail("failed", "type");
        items.push_back(core::decide(lease, std::move(outcome), StopReason::none, 0.5, site, {}));
    }
    allow_errors([&] { static_cast<void>(store.settle(items)); });
    for (const auto& lease : leases)
        allow_errors([&] { static_cast<void>(store.signal(lease.ref.id, "go", "1")); });
}

void settle_as_crashed(Store& store, const std::vector<TakenLease>& taken,
                       const core::AttemptSite& site) {
    std::vector<Settlement> items;
    for (const auto& one : taken)
        items.push_back(core::decide_crash(one, site, {}));
    allow_errors([&] { static_cast<void>(store.settle(items)); });
}

/// Enqueues that find their unique key held.
void enqueue_again(Store& store) {
    for (std::uint8_t number = 6; number <= 8; ++number) {
        NewJob job;
        job.id.bytes[0] = static_cast<std::uint8_t>(100 + number);
        job.type = "mail.send";
        job.unique_key = fmt::format("key {}", number);
        job.unique.on_conflict = OnConflict::replace;
        job.delay = Duration{number % 2};
        allow_errors([&] { static_cast<void>(store.insert({&job, 1})); });
    }
}

void read_events(Store& store) {
    for (const char* name : {"all", "hook"}) {
        allow_errors([&] {
            const auto page = store.read_events(name, 10);
            if (!page) return;
            for (const auto& event : page->events) {
                static_cast<void>(to_cloud_event(event));
                static_cast<void>(cli::event_line(event, true));
            }
            static_cast<void>(store.acknowledge_events(name, page->up_to));
        });
    }
    allow_errors([&] {
        for (const auto& view : store.subscriptions())
            static_cast<void>(to_json_text(view));
    });
    allow_errors([&] { static_cast<void>(store.remove_subscription("hook")); });
}

void work(Store& store, const std::vector<JobId>& ids) {
    const core::AttemptSite site{"w2", "host", store.now()};
    allow_errors([&] { static_cast<void>(store.insert({})); });
    enqueue_again(store);
    allow_errors([&] { static_cast<void>(store.promote_due(2)); });
    allow_errors([&] {
        const auto session = store.join({.name = "w2", .host = "host", .max_leases = 10});
        settle_as_crashed(store, store.take_over_expired(session->id(), 10, Duration{1'000'000}),
                          site);
        settle_as_failed(store, store.claim({session->id(), {{"default", 10}}, {"mail.send"}}),
                         site);
        session->retire();
    });
    allow_errors([&] { static_cast<void>(store.cancel(ids)); });
    allow_errors([&] { static_cast<void>(store.retry(ids)); });
    allow_errors([&] { static_cast<void>(store.prune({}, 1)); });
    allow_errors([&] { static_cast<void>(store.remove(ids)); });
    read_events(store);
}

}  // namespace
}  // namespace errand::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace errand::fuzz;
    static DamagedStore damaged;
    allow_errors([&] {
        const auto store = damaged.open_copy(text_of(data, size));
        look(*store, damaged.ids());
        look(*store, damaged.workflow(), damaged.ids());
        schedule(*store);
        run_workflow(*store, damaged.workflow());
        work(*store, damaged.ids());
    });
    return 0;
}
