#include "simulation/simulation.hpp"

#include "simulation/actors/clients.hpp"
#include "simulation/actors/nemesis.hpp"
#include "simulation/actors/operators.hpp"
#include "simulation/actors/process.hpp"
#include "simulation/order_check.hpp"
#include "simulation/world.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace errand::sim {

using namespace std::chrono_literals;

namespace {

/// All work that is left must be done this long after the faults have healed: the longest retry
/// and crash delays, leases, and steps of the store's clock one after the other.
constexpr Duration healing_bound = 3min;
/// What hung in a call has come back by then, and finds that it is too late.
constexpr Duration hanging_bound = lease_length * 6;
/// A free worker begins a job that became available within this time when nothing is wrong. Well
/// below the claimers' safety poll of 1 s, so that a lost wake-up shows.
constexpr Duration prompt = 100ms;
constexpr Duration sweep_every = 200ms;
constexpr std::size_t remove_at_once = 1'000;
constexpr std::uint32_t bursts = 10;

class Simulation {
public:
    explicit Simulation(const SimulationOptions& options)
        : options_(options),
          world_(options.seed, options.without, options.mutant),
          operators_(world_),
          clients_(world_, world_host_, operators_),
          nemesis_(world_, world_host_, processes_),
          peaceful_(world_.faults.peaceful()),
          ordered_(world_.faults.active(Fault::orders)) {
        processes_.resize(options.processes);
        restart_at_.resize(options.processes, world_.scheduler.now());
        began_ = quiet_since_ = swept_at_ = world_.scheduler.now();
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
        try {
            chaos();
            heal();
            finish();
            lift_limits();
            check_wake_ups();
            if (ordered_) check_shares();
            if (ordered_) check_aging();
            world_.oracle.audit(*world_.store);
            check_deploy();
            check_removal();
        } catch (const Violation& violation) {
            report.violation = violation.what();
        }
        report.hash = world_.scheduler.hash();
        report.steps = world_.scheduler.steps();
        report.calls = world_.store->calls();
        report.transitions = world_.oracle.transitions();
        report.jobs = world_.oracle.jobs();
        report.situations = world_.oracle.situations();
        report.virtual_time = world_.scheduler.now() - began_;
        return report;
    }

private:
    void chaos();
    void heal();
    void finish();
    void rest_schedules();
    void lift_limits();
    void check_wake_ups();
    void check_turns();
    void check_limits();
    void check_shares();
    void check_aging();
    void check_deploy();
    void check_removal();

    void step();
    void step_until(Timestamp until);
    void restart_the_dead();
    void cut_power();
    void sweep();
    [[nodiscard]] std::string what_is_left() const;
    [[nodiscard]] JobId insert(std::string queue, Duration delay, std::string args = "[]");
    [[nodiscard]] NewJob new_job(std::string queue);
    void insert_all(const std::vector<NewJob>& jobs);
    void set_order(const QueueSettings& settings);
    void work_off(const std::vector<NewJob>& jobs, std::string_view what);
    void expect_prompt(const JobId& id, Timestamp since, std::string_view after);
    template <class F>
    void run_task(F body);

    SimulationOptions options_;
    World world_;
    Host world_host_;
    std::vector<std::unique_ptr<Process>> processes_;
    std::vector<Timestamp> restart_at_;
    Operators operators_;
    Clients clients_;
    Nemesis nemesis_;
    const bool peaceful_;
    const bool ordered_;  ///< the life has queues with orders of their own
    std::uint32_t born_ = 0;
    Timestamp began_{};
    Timestamp quiet_since_{};  ///< when the last fault may have had an effect
    Timestamp swept_at_{};
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
        if (process || restart_at_[i] > now) continue;
        try {
            process = std::make_unique<Process>(world_, ++born_);
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
    const JobFilter living{
        {JobState::available, JobState::active, JobState::retryable, JobState::scheduled},
        {},
        {},
        {}};
    for (const Job& job : world_.store->list(living, 5, "").jobs) {
        left += fmt::format("\n    {} {} in {}, {}, attempt {} of {}, {} crashes, due {}, {} {}",
                            to_string(job.id), job.type, job.queue, to_string(job.state),
                            job.attempt, job.max_attempts, job.crashes,
                            format_timestamp(job.scheduled_at), job.args, job.lease_seq);
    }
    return left;
}

void Simulation::chaos() {
    run_task([this] {
        FaultStore store{world_, nullptr};
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

NewJob Simulation::new_job(std::string queue) {
    NewJob job;
    job.id = world_.chance.job_id();
    job.type = "script";
    job.queue = std::move(queue);
    return job;
}

void Simulation::insert_all(const std::vector<NewJob>& jobs) {
    run_task([&] { static_cast<void>(FaultStore{world_, nullptr}.insert(jobs)); });
}

JobId Simulation::insert(std::string queue, Duration delay, std::string args) {
    auto job = new_job(std::move(queue));
    job.delay = delay;
    job.args = std::move(args);
    run_task([&] {
        FaultStore store{world_, nullptr};
        static_cast<void>(store.insert({&job, 1}));
    });
    return job.id;
}

/// Every way in which work appears or is called off is noticed at once, not by the next look.
void Simulation::check_wake_ups() {
    const auto now = [this] { return world_.scheduler.now(); };
    expect_prompt(insert("a", {}), now(), "it was inserted");
    expect_prompt(insert("a", 300ms), now() + 300ms, "it was due");

    run_task([this] { FaultStore{world_, nullptr}.set_paused("b", true); });
    const auto waiting = insert("b", {});
    step_until(now() + 50ms);
    run_task([this] { FaultStore{world_, nullptr}.set_paused("b", false); });
    expect_prompt(waiting, now(), "its queue went on");

    for (std::uint32_t i = 0; i < bursts; ++i) {
        const auto first = insert("a", {});
        step_until(now() + world_.chance.between(0us, 1ms));
        const auto second = insert("a", {});  // while the claimers are at the first
        expect_prompt(first, now(), "it was inserted first");
        expect_prompt(second, now(), "it was inserted while others were claimed");
    }

    const auto endless = insert("a", {}, "[\"endless\"]");
    step_until(now() + prompt);
    run_task([&] { static_cast<void>(FaultStore{world_, nullptr}.cancel({&endless, 1})); });
    expect_prompt(endless, now(), "it was cancelled");
    check_turns();
    check_limits();
}

/// Jobs of which each must wait for the one before.
void Simulation::check_turns() {
    constexpr std::uint32_t count = 4;
    QueueSettings one_by_one;
    run_task([&] { FaultStore{world_, nullptr}.set_queue_settings("a", one_by_one); });
    std::vector<NewJob> jobs(count);
    for (auto& job : jobs) {
        job = new_job("a");
        job.key = "one by one";
    }
    insert_all(jobs);
    expect_prompt(jobs.back().id, world_.scheduler.now(), "its key's turn came to it");
}

/// Room under a limit is noticed as well: when a lease ends, when a rate opens, when a limit goes.
void Simulation::check_limits() {
    const auto set = [this](const Limit& limit) {
        run_task([&] { FaultStore{world_, nullptr}.set_limit(limit); });
    };
    const auto now = [this] { return world_.scheduler.now(); };
    std::vector<NewJob> jobs(4);
    const auto renew = [&] { std::ranges::generate(jobs, [this] { return new_job("a"); }); };

    renew();
    set({Scope::queue("a"), 1});
    insert_all(jobs);
    expect_prompt(jobs.back().id, now(), "there was room under its limit");

    renew();
    Limit rate{Scope::queue("a")};
    rate.rate = Rate{Rate::Kind::window, 2, 200ms};
    set(rate);
    insert_all(jobs);
    expect_prompt(jobs.back().id, now() + rate.rate->per * 17 / 16, "its rate opened again");

    renew();
    insert_all(jobs);
    set(Limit{Scope::queue("a")});
    expect_prompt(jobs.back().id, now(), "its limit was lifted");
}

void Simulation::set_order(const QueueSettings& settings) {
    run_task([&] { FaultStore{world_, nullptr}.set_queue_settings("b", settings); });
}

/// All of them are there before the first is claimed.
void Simulation::work_off(const std::vector<NewJob>& jobs, std::string_view what) {
    run_task([&] {
        FaultStore store{world_, nullptr};
        store.set_paused("b", true);
        if (!jobs.empty()) static_cast<void>(store.insert(jobs));
        world_.oracle.watch_claims(true);
        store.set_paused("b", false);
    });
    const auto until = world_.scheduler.now() + healing_bound;
    while (world_.oracle.living() > 0 && world_.scheduler.now() < until)
        step();
    if (world_.oracle.living() > 0) {
        throw Violation(fmt::format("I15: jobs of {} have not ended within {}; {}", what,
                                    format_duration(healing_bound), what_is_left()));
    }
    world_.oracle.watch_claims(false);
}

/// Keys that all have work get their shares.
void Simulation::check_shares() {
    constexpr std::uint32_t jobs_of_each = 20;
    QueueSettings settings;
    settings.order = QueueOrder::fair;
    settings.key_concurrency = 0;
    settings.key_weights = {{"x", 1}, {"y", 2}, {"z", 4}};
    set_order(settings);
    std::vector<NewJob> jobs;
    for (const auto& [key, weight] : settings.key_weights) {
        for (std::uint32_t i = 0; i < jobs_of_each; ++i) {
            jobs.push_back(new_job("b"));
            jobs.back().key = key;
        }
    }
    work_off(jobs, "fair shares");
    std::vector<std::string> keys;
    for (const auto& id : world_.oracle.watched_claims())
        keys.push_back(world_.oracle.asked(id)->key);
    const auto wrong = wrong_share(keys, settings.key_weights, jobs_of_each);
    if (!wrong.empty()) throw Violation("I14: " + wrong);
}

/// The lowest class does not wait for ever behind those above it: of whoever comes later than its
/// aging nobody is before it.
void Simulation::check_aging() {
    constexpr std::uint32_t steps = 40;
    QueueSettings settings;
    settings.aging = 100ms;
    set_order(settings);
    std::vector<NewJob> jobs;
    const auto now = world_.store_clock.now();
    for (std::uint32_t i = 0; i < steps; ++i) {
        jobs.push_back(new_job("b"));
        jobs.back().priority = i == 0 ? 0 : 2;
        jobs.back().run_at = now + i * 10ms;
    }
    run_task([&] { FaultStore{world_, nullptr}.set_paused("b", true); });
    insert_all(jobs);
    step_until(world_.scheduler.now() + steps * 10ms + prompt);
    work_off({}, "a queue with aging");
    const auto& claimed = world_.oracle.watched_claims();
    const auto lowest = std::ranges::find(claimed, jobs.front().id) - claimed.begin();
    if (lowest > 20) {
        throw Violation(
            fmt::format("I14: a job waited for {} of a higher class, and aging lets "
                        "only 20 go before it",
                        lowest));
    }
}

/// A deploy in quiet times costs no attempt, and leaves no lease behind.
void Simulation::check_deploy() {
    const auto endless = insert("a", {}, "[\"endless\"]");
    step_until(world_.scheduler.now() + prompt);
    if (!world_.oracle.begun(endless)) throw Violation("I15: a job did not begin in time");
    for (auto& process : processes_) {
        if (process) process->stop();
    }
    step_until(world_.scheduler.now() + 3s);
    const auto job = world_.store->find(endless);
    if (!job || job->interruptions != 1 || job->attempt > 1 || !job->errors.empty()) {
        throw Violation("I7: a deploy was not recorded as an interruption alone");
    }
    run_task([&] { static_cast<void>(FaultStore{world_, nullptr}.cancel({&endless, 1})); });
    expect_prompt(endless, world_.scheduler.now(), "it was cancelled after a deploy");
}

void Simulation::check_removal() {
    std::vector<JobId> all;
    world_.oracle.for_each([&](const JobId& id, const Tale& tale) {
        if (tale.stage != Tale::Stage::removed) all.push_back(id);
    });
    const std::span ids{all};
    for (std::size_t from = 0; from < ids.size(); from += remove_at_once) {
        const auto part = ids.subspan(from, std::min(remove_at_once, ids.size() - from));
        static_cast<void>(world_.store->remove(part));
    }
    world_.oracle.check_empty(*world_.store);
}

}  // namespace

SimulationReport simulate(const SimulationOptions& options) {
    return Simulation{options}.run();
}

}  // namespace errand::sim
