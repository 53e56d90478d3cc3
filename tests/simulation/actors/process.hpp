#pragma once

#include "simulation/actors/script.hpp"
#include "simulation/store/fault_store.hpp"
#include "simulation/world.hpp"

#include "engine/engine.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace errand::sim {

/// One simulated worker process: the real engine with all its loops, each on a fiber that plays the
/// thread around it. A killed process is unwound without another word to the store.
class Process {
public:
    /// The `number`th process, in the place `slot`. Throws Error when the store cannot be joined.
    Process(World& world, std::size_t slot, std::uint32_t number);
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    [[nodiscard]] Host& host() noexcept { return host_; }
    [[nodiscard]] SimClock& clock() noexcept { return clock_; }
    [[nodiscard]] std::uint32_t version() const noexcept { return version_; }
    [[nodiscard]] WorkerId id() { return engine_->session().id(); }
    [[nodiscard]] bool is_stopping() const noexcept { return stopping_; }
    /// From now on its clock is right and its loops are as quick as they want.
    void heal();

    /// Begins a graceful stop, as at a deploy; the process is gone a while later.
    void stop();

private:
    void set_clock();
    void start();
    void start_loop(engine::Loop& loop);
    /// A loop that brings in work: ends when the process is to stop.
    void start_finding(engine::Loop& loop);
    void run_loop(engine::Loop& loop);
    void run_finding(engine::Loop& loop);
    /// False: it shall not run again.
    bool run_once(engine::Loop& loop, Duration& pause);
    void leave();
    [[nodiscard]] bool wait_until_empty(Duration timeout);
    void wake_runners();
    void run_runner(engine::Runner& runner, const engine::QueueLine& line);
    void wait(engine::Loop& loop, const engine::NextRun& next);
    [[nodiscard]] Abilities abilities();

    World& world_;
    Host host_;
    SimClock clock_;
    const std::uint32_t version_;
    double stretch_ = 1;  ///< how much longer than wanted its loops wait, at most
    engine::Counters counters_;
    engine::Logger log_{{}};
    engine::HandlerRegistry registry_;
    std::vector<std::unique_ptr<engine::Runner>> runners_;
    std::shared_ptr<Store> store_;
    std::unique_ptr<engine::Engine> engine_;
    bool stopping_ = false;
    std::uint32_t finding_ = 0;  ///< loops that bring in work and have not ended
};

}  // namespace errand::sim
