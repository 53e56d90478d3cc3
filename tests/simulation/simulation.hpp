#pragma once

#include "simulation/faults.hpp"
#include "simulation/mutant.hpp"
#include "simulation/oracle/situations.hpp"

#include <errand/time.hpp>

#include <cstdint>
#include <string>

namespace errand::sim {

struct SimulationOptions {
    std::uint64_t seed = 1;
    /// Steps of the chaotic phase; the healed one follows and takes what it takes.
    std::uint64_t steps = 20'000;
    std::uint32_t processes = 3;
    FaultSet without;  ///< kinds that do not happen, whatever the seed says
    Mutant mutant = Mutant::none;
};

struct SimulationReport {
    std::string violation;          ///< empty: every rule held
    std::uint64_t hash = 0;         ///< of all events: the same for the same seed
    std::uint64_t steps = 0;        ///< tasks resumed
    std::uint64_t calls = 0;        ///< of the store, applied
    std::uint64_t transitions = 0;  ///< changes of a job's state in the store
    std::uint64_t jobs = 0;
    Duration virtual_time{};
    Situations situations;
};

/// One life of a system of several processes on one store: chaos, healing, the final look. Runs on
/// the calling thread; the same options give the same report.
[[nodiscard]] SimulationReport simulate(const SimulationOptions& options);

}  // namespace errand::sim
