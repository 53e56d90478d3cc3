#pragma once

#include "simulation/simulation.hpp"

#include <string>

namespace errand::sim {

/// The life with the fewest kinds of faults, processes and steps found in which the same rule is
/// still broken. `broken` is how it ended.
[[nodiscard]] SimulationOptions shrink(SimulationOptions options, const SimulationReport& broken);

/// What repeats it: the arguments of errand-sim.
[[nodiscard]] std::string arguments(const SimulationOptions& options);

}  // namespace errand::sim
