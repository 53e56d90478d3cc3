#pragma once

#include "simulation/actors/clients.hpp"
#include "simulation/actors/nemesis.hpp"
#include "simulation/actors/operators.hpp"
#include "simulation/actors/process.hpp"
#include "simulation/simulation.hpp"
#include "simulation/world.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace errand::sim {

/// All work that is left must be done this long after the faults have healed: the longest retry
/// and crash delays, leases, and steps of the store's clock one after the other.
inline constexpr Duration healing_bound = std::chrono::minutes{3};
/// A free worker begins a job that became available within this time when nothing is wrong. Well
/// below the claimers' safety poll of 1 s, so that a lost wake-up shows.
inline constexpr Duration prompt = std::chrono::milliseconds{100};

/// One life: its phases are in simulation.cpp, what is looked at when it has healed in
/// healed_checks.cpp.
class Simulation {
public:
    explicit Simulation(const SimulationOptions& options)
        : options_(options),
          world_(options.seed, options.without, options.mutant),
          operators_(world_),
          clients_(world_, world_host_, operators_),
          nemesis_(world_, world_host_, processes_),
          peaceful_(world_.faults.peaceful()),
          ordered_(world_.faults.active(Fault::orders)),
          graphs_(world_.faults.active(Fault::workflows)) {
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
            if (graphs_) check_workflows();
            read_all_events();
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
    void check_breaker();
    void check_shares();
    void check_aging();
    void check_workflows();
    void read_all_events();
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
    void expect_all_prompt(const std::vector<NewJob>& jobs, Timestamp since,
                           std::string_view after);
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
    const bool graphs_;   ///< the life has workflows
    std::uint32_t born_ = 0;
    Timestamp began_{};
    Timestamp quiet_since_{};  ///< when the last fault may have had an effect
    Timestamp swept_at_{};
    bool chaotic_ = true;
};

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

}  // namespace errand::sim
