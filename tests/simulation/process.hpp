#pragma once

#include "simulation/sim_store.hpp"
#include "simulation/world.hpp"

#include "engine/engine.hpp"

#include <memory>
#include <optional>
#include <string>

namespace errand::sim {

/// One simulated worker process: the real engine with all its loops, each on a fiber that plays the
/// thread around it. A killed process is unwound without another word to the store.
class Process {
public:
    Process(World& world, std::uint32_t number);
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    [[nodiscard]] Host& host() noexcept { return host_; }

    /// Begins a graceful stop, as at a deploy; the process is gone a while later.
    void stop();

private:
    void run_loop(engine::Loop& loop);
    /// A loop that brings in work: ends when the process is to stop.
    void run_finding(engine::Loop& loop);
    void run_once(engine::Loop& loop, Duration& pause);
    void leave();
    [[nodiscard]] bool wait_until_empty(Duration timeout);
    void run_runner(engine::Runner& runner);
    void wait(engine::Loop& loop, const engine::NextRun& next);
    Outcome perform(Context& context);
    Outcome play(Context& context);
    void take_time(Context& context);

    World& world_;
    Host host_;
    SimClock clock_;
    engine::Counters counters_;
    engine::Logger log_{{}};
    engine::HandlerRegistry registry_;
    std::vector<std::unique_ptr<engine::Runner>> runners_;
    std::unique_ptr<engine::Engine> engine_;
    bool stopping_ = false;
    std::uint32_t finding_ = 0;  ///< loops that bring in work and have not ended
};

}  // namespace errand::sim
