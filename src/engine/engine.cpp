#include "engine/engine.hpp"

#include "engine/store_time.hpp"

#include <algorithm>
#include <utility>

namespace errand::engine {
namespace {

WorkerInfo worker_info(const WorkerOptions& options, const Identity& identity,
                       const HandlerRegistry& registry) {
    WorkerInfo info;
    info.name = identity.name;
    info.host = identity.host;
    info.pid = identity.pid;
    info.queues = describe_queues(options);
    const auto slots = total_slots(options) + places_of(registry);
    info.slots = std::max<std::uint32_t>(1, slots);
    info.max_leases = std::max<std::uint32_t>(1, slots + options.prefetch);
    info.types = registry.types();
    std::ranges::sort(info.types);
    info.labels = sorted_labels(options);
    return info;
}

LeaseKeeper::Options keeper_options(const WorkerOptions& options, const core::AttemptSite& site) {
    LeaseKeeper::Options keeper;
    keeper.lease = options.lease;
    keeper.batch = options.limits.batch;
    keeper.site = site;
    return keeper;
}

Rescuer::Options rescuer_options(const WorkerOptions& options, WorkerId worker,
                                 const core::DecideOptions& decide) {
    Rescuer::Options rescuer;
    rescuer.worker = worker;
    rescuer.lease = options.lease;
    rescuer.page = std::min(rescuer.page, options.limits.batch);
    rescuer.decide = decide;
    return rescuer;
}

Pruner::Options pruner_options(const WorkerOptions& options) {
    Pruner::Options pruner;
    pruner.retention = options.retention;
    return pruner;
}

EventRelay::Options relay_options(const WorkerOptions& options) {
    EventRelay::Options relay;
    relay.source = options.event_source;
    relay.queue = options.webhook_queue;
    return relay;
}

Scheduler::Options scheduler_options(const EngineOptions& options) {
    Scheduler::Options scheduler;
    scheduler.batch = std::min(scheduler.batch, options.worker.limits.batch);
    scheduler.new_id = options.new_id;
    return scheduler;
}

}  // namespace

Engine::Engine(std::shared_ptr<Store> store, const EngineOptions& options, const Identity& identity,
               const HandlerRegistry& registry, Counters& counters, const Logger& log)
    : store_(std::move(store)),
      options_(options),
      site_{identity.name, identity.host, {}},
      decide_(decide_options(options.worker)),
      session_(store_->join(worker_info(options.worker, identity, registry))),
      execution_services_{*store_, *options_.clock, stop_notifier_, options_.worker.limits},
      in_flight_({served_groups(options.worker), registry.performers(), options.worker.prefetch,
                  options.worker.limits.batch},
                 registry, execution_services_),
      runner_services_{*store_,   *session_, *options_.clock, *options_.random,
                       finished_, counters,  site_,           registry.hooks()},
      settler_(*store_, in_flight_, finished_, counters, log, {options.worker.limits.batch}),
      lease_keeper_(*store_, in_flight_, finished_, counters, log,
                    keeper_options(options.worker, site_)),
      rescuer_(*store_, *options_.clock, counters, log,
               rescuer_options(options.worker, session_->id(), decide_)),
      promoter_(*store_, {}),
      pruner_(*store_, *options_.random, pruner_options(options.worker)),
      event_relay_(*store_, log, relay_options(options.worker)) {
    if (options.worker.schedules) {
        scheduler_.emplace(*store_, base::system_zones(), log, identity.name,
                           scheduler_options(options));
    }
    for (const auto& line : in_flight_.lines()) {
        Claimer::Options claimer;
        claimer.worker = session_->id();
        claimer.types = registry.types_of(line->performer);
        if (claimer.types.empty()) continue;
        claimer.labels = sorted_labels(options.worker);
        claimer.lease = options.worker.lease;
        claimers_.push_back(
            std::make_unique<Claimer>(*store_, in_flight_, *line, std::move(claimer)));
    }
}

std::unique_ptr<Runner> Engine::make_runner(QueueLine& line) {
    return std::make_unique<Runner>(line, runner_services_);
}

std::unique_ptr<Dispatcher> Engine::make_dispatcher(QueueLine& line) {
    return std::make_unique<Dispatcher>(line, runner_services_);
}

void Engine::give_back_queued() {
    in_flight_.for_each([&](Execution& execution) {
        if (!execution.advance(execution.generation(), Phase::queued, Phase::finished)) return;
        execution.settlement = core::decide_release(execution.lease());
        finished_.push(execution);
    });
}

void Engine::interrupt_running() {
    in_flight_.for_each([](Execution& execution) {
        if (execution.phase() == Phase::running) execution.request_stop(StopReason::interrupted);
    });
}

void Engine::abandon_running() {
    auto site = site_;
    site.now = store_time(*store_, *options_.clock);
    in_flight_.for_each([&](Execution& execution) {
        if (!execution.advance(execution.generation(), Phase::running, Phase::abandoned)) return;
        execution.settlement = core::decide_interrupted(execution.lease(), site, decide_);
        execution.attach_log(execution.settlement);
        finished_.push(execution);
    });
}

}  // namespace errand::engine
