#pragma once

#include "simulation/chance.hpp"

#include <errand/time.hpp>

namespace errand::sim {

/// What goes wrong, per store call or second. Each seed turns every kind on or off: all at once
/// would hide what only some together can do.
struct Faults {
    double refused = 0;       ///< the store is away; nothing happened
    double lost_answer = 0;   ///< it happened, but the caller learns of an error
    double hang = 0;          ///< the call takes up to twice a lease
    double crash_before = 0;  ///< the process dies instead of calling
    double crash_after = 0;   ///< the process dies instead of hearing the answer
    double kills = 0;         ///< kill -9, per second
    double stops = 0;         ///< SIGSTOP for 0.2 to 5 leases, per second
    double deploys = 0;       ///< graceful stops, per second
    double store_steps = 0;   ///< the store's clock jumps, per second
    double failures = 0;      ///< handlers that do not succeed
    double slow = 0;          ///< handlers that take time
    double poison = 0;        ///< jobs whose handler takes its process down
    Duration longest_call = std::chrono::microseconds{300};
    /// Nothing happens for which a lease may get lost: only refusals, lost answers and what
    /// handlers do.
    bool calm = true;
    bool clocks_differ = false;  ///< each process has a wrong clock

    [[nodiscard]] static Faults swarm(Chance& chance) {
        const auto rate = [&](double most) { return chance.hit(0.5) ? chance.unit() * most : 0; };
        Faults faults;
        faults.refused = rate(0.05);
        faults.lost_answer = rate(0.05);
        faults.failures = rate(0.5);
        faults.slow = rate(0.3);
        faults.deploys = rate(1);
        if (chance.hit(0.2)) return faults;
        faults.calm = false;
        faults.hang = rate(0.002);
        faults.crash_before = rate(0.002);
        faults.crash_after = rate(0.002);
        faults.kills = rate(1);
        faults.stops = rate(1);
        faults.store_steps = rate(0.3);
        faults.poison = rate(0.05);
        if (chance.hit(0.5)) faults.longest_call = std::chrono::milliseconds{5};
        faults.clocks_differ = chance.hit(0.5);
        return faults;
    }
    /// Nothing fails any more, and nothing is slow.
    [[nodiscard]] static Faults healed() { return {}; }
};

}  // namespace errand::sim
