#pragma once

#include "simulation/actors/process.hpp"
#include "simulation/world.hpp"

#include <memory>
#include <vector>

namespace errand::sim {

/// Does to processes, the store and the clocks what goes wrong in the world.
class Nemesis {
public:
    /// `processes` may hold null for those that are down.
    Nemesis(World& world, Host& host, std::vector<std::unique_ptr<Process>>& processes)
        : world_(world), host_(host), processes_(processes) {}

    void start();
    /// Does no more harm. Time goes on.
    void stop() { going_on_ = false; }

private:
    void run();
    void harm_a_process();
    void harm_the_store();
    void clog();
    void roll_out();
    void cut_power(bool lose_tail);
    /// Whether something that happens `Faults` times a second happens in this round.
    [[nodiscard]] bool now(Fault fault);

    World& world_;
    Host& host_;
    std::vector<std::unique_ptr<Process>>& processes_;
    bool going_on_ = true;
};

}  // namespace errand::sim
