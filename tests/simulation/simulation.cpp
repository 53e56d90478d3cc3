#include "simulation/simulation.hpp"

#include "simulation/process.hpp"
#include "simulation/world.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <vector>

namespace errand::sim {

using namespace std::chrono_literals;

namespace {

/// All work that is left must be done this long after the faults have healed: the longest retry
/// and crash delays, leases, and steps of the store's clock one after the other.
constexpr Duration healing_bound = 3min;
/// A free worker begins a job that became available within this time when nothing is wrong. Well
/// below the claimers' safety poll of 1 s, so that a lost wake-up shows.
constexpr Duration prompt = 100ms;

class Simulation {
public:
    explicit Simulation(const SimulationOptions& options)
        : options_(options), world_(options.seed, options.mutant) {
        processes_.resize(options.processes);
        restart_at_.resize(options.processes, world_.scheduler.now());
    }
    ~Simulation() {
        for (auto& process : processes_)
            process.reset();
        world_.scheduler.reap(world_host_);
    }
    Simulation(const Simulation&) = delete;
    Simulation& operator=(const Simulation&) = delete;

    SimulationReport run() {
        SimulationReport report;
        const auto began = world_.scheduler.now();
        try {
            chaos();
            heal();
            check_wake_ups();
            world_.oracle.audit(*world_.store, retention);
        } catch (const Violation& violation) {
            report.violation = violation.what();
        }
        report.hash = world_.scheduler.hash();
        report.steps = world_.scheduler.steps();
        report.transitions = world_.oracle.transitions();
        report.jobs = world_.oracle.jobs();
        report.virtual_time = world_.scheduler.now() - began;
        return report;
    }

private:
    void chaos();
    void heal();
    void check_wake_ups();
    void step();
    void restart_the_dead();
    void client();
    void nemesis();
    void enqueue(SimStore& store);
    void operate(SimStore& store);
    [[nodiscard]] NewJob new_job();
    [[nodiscard]] std::string what_is_left() const;
    void expect_prompt(const JobId& id, Timestamp since, std::string_view after);
    template <class F>
    void run_task(F body);

    SimulationOptions options_;
    World world_;
    Host world_host_;
    std::vector<std::unique_ptr<Process>> processes_;
    std::vector<Timestamp> restart_at_;
    std::uint32_t born_ = 0;
    std::vector<JobId> known_;
    std::uint32_t clients_ = 0;
    bool chaotic_ = true;
};

void Simulation::restart_the_dead() {
    const auto now = world_.scheduler.now();
    for (std::size_t i = 0; i < processes_.size(); ++i) {
        auto& process = processes_[i];
        if (process && process->host().killed) {
            process.reset();
            const auto longest = chaotic_ ? Duration{3s} : Duration{10ms};
            restart_at_[i] = now + world_.chance.between(1ms, longest);
        }
        if (!process && restart_at_[i] <= now) {
            process = std::make_unique<Process>(world_, ++born_);
        }
    }
}

void Simulation::step() {
    restart_the_dead();
    if (!world_.scheduler.step()) throw Violation("I15: nothing moves any more");
    if (!world_.oracle.violation().empty()) throw Violation(world_.oracle.violation());
}

NewJob Simulation::new_job() {
    auto& chance = world_.chance;
    NewJob job;
    job.id = chance.job_id();
    job.type = "script";
    job.queue = chance.hit(0.6) ? "a" : "b";
    job.priority = static_cast<std::int32_t>(chance.below(3));
    job.max_attempts = static_cast<std::uint32_t>(1 + chance.below(5));
    if (chance.hit(world_.faults.poison)) job.args = "[\"poison\"]";
    if (chance.hit(0.1)) job.unique_key = fmt::format("key{}", chance.below(4));
    if (chance.hit(0.2)) job.delay = chance.between(0us, 3s);
    return job;
}

/// As a client must: repeats the same call until it is answered.
void Simulation::enqueue(SimStore& store) {
    std::vector<NewJob> jobs;
    const auto count = 1 + world_.chance.below(5);
    for (std::uint64_t i = 0; i < count; ++i)
        jobs.push_back(new_job());
    while (true) {
        try {
            const auto results = store.insert(jobs);
            for (std::size_t i = 0; i < results.size(); ++i) {
                if (results[i].kind == InsertResult::Kind::duplicate) continue;
                world_.oracle.acknowledged(jobs[i].id);
                known_.push_back(jobs[i].id);
            }
            return;
        } catch (const Error&) {
            world_.scheduler.sleep(10ms);
        }
    }
}

void Simulation::operate(SimStore& store) {
    auto& chance = world_.chance;
    if (known_.empty()) return;
    // Newer jobs are more often still at work.
    const auto back = chance.below(std::min<std::uint64_t>(known_.size(), 30));
    const JobId id = known_[known_.size() - 1 - back];
    try {
        switch (chance.below(5)) {
            case 0:
                static_cast<void>(store.cancel({&id, 1}));
                break;
            case 1:
                static_cast<void>(store.retry({&id, 1}));
                break;
            case 2:
                static_cast<void>(store.remove({&id, 1}));
                break;
            default:
                store.set_paused("b", chance.hit(0.4));
                break;
        }
    } catch (const Error&) {
        return;  // an operator sees it and may try again
    }
}

void Simulation::client() {
    SimStore store{world_, nullptr};
    while (chaotic_) {
        world_.scheduler.sleep(world_.chance.between(1ms, 60ms));
        if (world_.chance.hit(0.8)) {
            enqueue(store);
        } else {
            operate(store);
        }
    }
    --clients_;
}

void Simulation::nemesis() {
    auto& chance = world_.chance;
    const auto& faults = world_.faults;
    while (true) {
        world_.scheduler.sleep(100ms);
        if (!chaotic_) continue;  // only time goes on
        auto& victim = processes_[chance.below(processes_.size())];
        if (victim && chance.hit(faults.kills * 0.1)) victim->host().killed = true;
        if (victim && chance.hit(faults.deploys * 0.1)) victim->stop();
        if (victim && chance.hit(faults.stops * 0.1)) {
            victim->host().stopped_until =
                world_.scheduler.now() + chance.between(lease_length / 5, lease_length * 5);
        }
        if (chance.hit(faults.store_steps * 0.1)) {
            world_.store_clock.step(chance.between(-5s, 5s));
        }
    }
}

/// For whoever has to find out why.
std::string Simulation::what_is_left() const {
    auto left = fmt::format("the store's time is {}", format_timestamp(world_.store_clock.now()));
    const JobFilter living{
        {JobState::available, JobState::active, JobState::retryable, JobState::scheduled},
        {},
        {},
        {}};
    for (const Job& job : world_.store->list(living, 5, "").jobs) {
        left += fmt::format("\n    {} in {}, {}, attempt {} of {}, {} crashes, due {}, {} {}",
                            to_string(job.id), job.queue, to_string(job.state), job.attempt,
                            job.max_attempts, job.crashes, format_timestamp(job.scheduled_at),
                            job.args, job.lease_seq);
    }
    return left;
}

void Simulation::chaos() {
    for (; clients_ < 2; ++clients_)
        world_.scheduler.spawn("client", &world_host_, [this] { client(); });
    world_.scheduler.spawn("nemesis", &world_host_, [this] { nemesis(); });
    while (world_.scheduler.steps() < options_.steps)
        step();
}

void Simulation::heal() {
    chaotic_ = false;
    world_.faults = Faults::healed();
    for (auto& process : processes_) {
        if (process) process->host().stopped_until = {};
    }
    while (clients_ > 0)
        step();  // what they are at may still pause a queue
    run_task([this] {
        SimStore store{world_, nullptr};
        store.set_paused("b", false);
    });
    const auto until = world_.scheduler.now() + healing_bound;
    while (world_.oracle.living() > 0 && world_.scheduler.now() < until)
        step();
    if (world_.oracle.living() > 0) {
        throw Violation(
            fmt::format("I15: {} jobs have not ended {} after all faults were healed; {}",
                        world_.oracle.living(), format_duration(healing_bound), what_is_left()));
    }
    // What hung in a call comes back, and finds that it is too late.
    const auto settled = world_.scheduler.now() + lease_length * 6;
    while (world_.scheduler.now() < settled)
        step();
}

/// Runs one more task of the world to its end.
template <class F>
void Simulation::run_task(F body) {
    bool ended = false;
    world_.scheduler.spawn("task", &world_host_, [&] {
        body();
        ended = true;
    });
    while (!ended)
        step();
}

void Simulation::expect_prompt(const JobId& id, Timestamp since, std::string_view after) {
    const auto until = since + prompt;
    while (!world_.oracle.ended(id) && world_.scheduler.now() <= until)
        step();
    if (!world_.oracle.ended(id)) {
        throw Violation(fmt::format("I15: a job was not done within {} after {}",
                                    format_duration(prompt), after));
    }
}

/// Every way in which work appears is noticed at once, not by the next look.
void Simulation::check_wake_ups() {
    const auto insert = [this](std::string queue, Duration delay) {
        NewJob job;
        job.id = world_.chance.job_id();
        job.type = "script";
        job.queue = std::move(queue);
        job.delay = delay;
        run_task([&] {
            SimStore store{world_, nullptr};
            static_cast<void>(store.insert({&job, 1}));
        });
        return job.id;
    };
    const auto now = [this] { return world_.scheduler.now(); };
    expect_prompt(insert("a", {}), now(), "it was inserted");
    expect_prompt(insert("a", 300ms), now() + 300ms, "it was due");
    run_task([this] { SimStore{world_, nullptr}.set_paused("b", true); });
    const auto waiting = insert("b", {});
    for (const auto until = now() + 50ms; now() < until;)
        step();
    run_task([this] { SimStore{world_, nullptr}.set_paused("b", false); });
    expect_prompt(waiting, now(), "its queue went on");
}

}  // namespace

SimulationReport simulate(const SimulationOptions& options) {
    return Simulation{options}.run();
}

}  // namespace errand::sim
