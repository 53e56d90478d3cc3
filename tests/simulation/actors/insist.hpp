#pragma once

#include "simulation/world.hpp"

#include <errand/error.hpp>

#include <chrono>

namespace errand::sim {

/// As somebody must who wants it done: repeats the call until it is answered.
template <class F>
void insist(World& world, F call) {
    while (true) {
        try {
            return static_cast<void>(call());
        } catch (const Error&) {
            world.scheduler.sleep(world.chance.between(std::chrono::milliseconds{10},
                                                       std::chrono::milliseconds{300}));
        }
    }
}

}  // namespace errand::sim
