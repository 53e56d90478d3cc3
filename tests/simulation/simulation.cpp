#include "simulation/simulation_run.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <utility>

namespace errand::sim {

using namespace std::chrono_literals;

namespace {

/// What hung in a call has come back by then, and finds that it is too late.
constexpr Duration hanging_bound = lease_length * 6;
constexpr Duration sweep_every = 200ms;

}  // namespace

void Simulation::restart_the_dead() {
    const auto now = world_.scheduler.now();
    for (std::size_t i = 0; i < processes_.size(); ++i) {
        auto& process = processes_[i];
        if (process && process->host().killed) {
            process.reset();
            const auto longest = chaotic_ ? Duration{3s} : Duration{10ms};
            restart_at_[i] = now + world_.chance.between(1ms, longest);
        }
        if (process || restart_at_[i] > now) continue;
        try {
            process = std::make_unique<Process>(world_, i, ++born_);
        } catch (const Error&) {
            restart_at_[i] = now + world_.chance.between(10ms, 300ms);  // the store is away
        }
    }
}

/// All processes die, and the machine of the store goes down for a while. What was not synced is
/// gone for the oracle too, unless it should have been durable.
void Simulation::cut_power() {
    world_.cut_power = false;
    ++world_.power_cuts;
    for (auto& process : processes_) {
        if (process) process->host().killed = true;
        process.reset();
    }
    const bool lose_tail = world_.synced.has_value();
    world_.machine->cut_power(lose_tail);
    if (lose_tail && world_.mutant != Mutant::lose_the_tail) {
        world_.oracle = *std::move(world_.synced);
    }
    world_.synced.reset();
    world_.oracle.power_was_cut();
    world_.oracle.met(lose_tail ? Situation::tail_lost : Situation::power_cut);
    world_.store_away_until = world_.scheduler.now() + world_.chance.between(10ms, 2s);
}

void Simulation::step() {
    if (world_.cut_power) cut_power();
    restart_the_dead();
    if (!world_.scheduler.step()) throw Violation("I15: nothing moves any more");
    if (!world_.oracle.violation().empty()) throw Violation(world_.oracle.violation());
}

void Simulation::step_until(Timestamp until) {
    while (world_.scheduler.now() < until)
        step();
}

/// Only where nothing disturbs: peaceful lives, and the healed phase of all others.
void Simulation::sweep() {
    const auto now = world_.scheduler.now();
    const auto settling = peaceful_ ? Duration{} : hanging_bound;
    if (now - swept_at_ < sweep_every || now - quiet_since_ < settling) return;
    swept_at_ = now;
    world_.oracle.sweep(world_.store_clock.now(), now - quiet_since_ - settling);
}

/// For whoever has to find out why.
std::string Simulation::what_is_left() const {
    auto left = fmt::format("the store's time is {}", format_timestamp(world_.store_clock.now()));
    for (const auto& view : world_.store->limits()) {
        const auto& limit = view.limit;
        left += fmt::format(
            "\n    limit of {}: concurrency {}, rate {}, breaker {}, window {}; {} held, {} "
            "failures",
            to_string(limit.scope), limit.concurrency.value_or(0),
            limit.rate ? to_string(*limit.rate) : "none",
            limit.breaker ? to_string(*limit.breaker) : "none",
            limit.window ? to_string(*limit.window) : "none", view.held, view.failures);
        for (const auto& [what, time] : {std::pair{"broken until", view.broken_until},
                                         {"slowed until", view.slowed_until},
                                         {"rate opens at", view.opens_at},
                                         {"window opens at", view.window_opens_at}}) {
            if (time) left += fmt::format(", {} {}", what, format_timestamp(*time));
        }
    }
    for (const auto& pause : world_.store->pauses())
        left += fmt::format("\n    {} is paused", to_string(pause.scope));
    for (const auto& worker : world_.store->workers()) {
        left += fmt::format("\n    worker {} serves {}, alive {}, {} leases", worker.info.name,
                            worker.info.queues, worker.alive, worker.leases);
    }
    const JobFilter living{
        {JobState::available, JobState::active, JobState::retryable, JobState::scheduled},
        {},
        {},
        {}};
    for (const Job& job : world_.store->list(living, 5, "").jobs) {
        left += fmt::format(
            "\n    {} {} in {}, {}{} key {}, attempt {} of {}, {} crashes, due {}, {} {}",
            to_string(job.id), job.type, job.queue, to_string(job.state),
            job.blocked ? ", blocked," : "", job.key, job.attempt, job.max_attempts, job.crashes,
            format_timestamp(job.scheduled_at), job.args, job.lease_seq);
    }
    return left;
}

void Simulation::chaos() {
    run_task([this] {
        FaultStore store{world_, nullptr};
        clients_.subscriber().begin(store);
        operators_.begin(store);
    });
    clients_.start();
    nemesis_.start();
    while (world_.scheduler.steps() < options_.steps) {
        step();
        if (peaceful_) sweep();
    }
}

void Simulation::heal() {
    chaotic_ = false;
    clients_.stop();
    nemesis_.stop();
    world_.faults = Faults::healed();
    world_.scheduler.wake_faults = {0, 0, 0, world_.scheduler.wake_faults.seen_too_late};
    world_.store_away_until = world_.disk_full_until = {};
    world_.store_clock.set_drift(0);
    world_.cut_power = false;
    world_.synced.reset();
    world_.version = newest_version;
    for (auto& process : processes_) {
        if (!process) continue;
        process->host().stopped_until = process->host().cut_off_until = {};
        process->heal();
        if (process->version() != newest_version) process->stop();
    }
    quiet_since_ = world_.scheduler.now();
}

void Simulation::finish() {
    const auto until = world_.scheduler.now() + healing_bound;
    const auto resume_all = [this] {
        FaultStore store{world_, nullptr};
        operators_.resume_all(store);
    };
    run_task(resume_all);
    const auto busy = [this] { return clients_.present() > 0 || world_.oracle.living() > 0; };
    bool resumed = false;
    while (busy() && world_.scheduler.now() < until) {
        step();
        sweep();
        // What a client was at may have paused something once more.
        if (!resumed && world_.scheduler.now() > quiet_since_ + hanging_bound) {
            resumed = true;
            run_task(resume_all);
        }
    }
    if (busy()) {
        throw Violation(fmt::format(
            "I15: {} jobs have not ended and {} clients wait {} after all faults were healed; {}",
            world_.oracle.living(), clients_.present(), format_duration(healing_bound),
            what_is_left()));
    }
    if (!resumed) run_task(resume_all);
    const auto rest_from = world_.scheduler.now() + hanging_bound;
    while (world_.scheduler.now() < rest_from) {
        step();
        sweep();
    }
    rest_schedules();
}

/// Schedules have gone on making jobs until now.
void Simulation::rest_schedules() {
    run_task([this] {
        FaultStore store{world_, nullptr};
        operators_.rest_schedules(store);
    });
    const auto until = world_.scheduler.now() + healing_bound;
    while (world_.oracle.living() > 0 && world_.scheduler.now() < until)
        step();
    if (world_.oracle.living() > 0) {
        throw Violation(
            fmt::format("I15: the last jobs of schedules have not ended; {}", what_is_left()));
    }
}

/// All work is done under them; what follows is about other things.
void Simulation::lift_limits() {
    run_task([this] {
        FaultStore store{world_, nullptr};
        operators_.lift_limits(store);
    });
}

SimulationReport simulate(const SimulationOptions& options) {
    return Simulation{options}.run();
}

}  // namespace errand::sim
