#pragma once

#include "simulation/faults.hpp"
#include "simulation/mutant.hpp"
#include "simulation/oracle/oracle.hpp"
#include "simulation/store/observed_store.hpp"
#include "simulation/store/power_store.hpp"
#include "simulation/time/scheduler.hpp"
#include "simulation/time/sim_clock.hpp"

#include <errand/store/store.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace errand::sim {

inline constexpr Duration lease_length = std::chrono::seconds{2};
inline constexpr Duration retention = std::chrono::seconds{10};
inline constexpr std::uint32_t crash_budget = 3;
/// Program versions: jobs of type "novel" can be performed from this one on.
inline constexpr std::uint32_t newest_version = 2;
/// That workers may have and jobs may need, sorted.
inline constexpr std::array<std::string_view, 2> all_labels{"eu", "gpu"};

/// How much is going on. Drawn per seed.
struct Traffic {
    std::uint32_t clients = 2;
    std::uint32_t batch = 5;    ///< most jobs of one insert
    Duration think{};           ///< longest pause between two calls of a client
    std::uint64_t backlog = 0;  ///< unfinished jobs beyond which clients hold back

    [[nodiscard]] static Traffic draw(Chance& chance);
};

/// What everybody in one simulation shares.
struct World {
    World(std::uint64_t seed, const FaultSet& off, Mutant broken);

    [[nodiscard]] bool store_is_away() const { return store_away_until > scheduler.now(); }

    const Mutant mutant;
    Chance chance;
    Scheduler scheduler;
    Faults faults;
    Traffic traffic;
    SimClock store_clock;
    Oracle oracle;
    std::shared_ptr<PowerStore> machine;   ///< where the store runs
    std::shared_ptr<ObservedStore> store;  ///< what processes call through their FaultStore
    Timestamp store_away_until{};
    Timestamp disk_full_until{};
    std::uint32_t version = newest_version;  ///< of the processes that start now
    std::uint64_t power_cuts = 0;
    /// As it was when the disk last synced; set between that and a power cut that loses the rest.
    std::optional<Oracle> synced;
    bool cut_power = false;  ///< asks for a cut before the next step
};

}  // namespace errand::sim
