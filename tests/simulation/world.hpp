#pragma once

#include "simulation/chance.hpp"
#include "simulation/faults.hpp"
#include "simulation/mutant.hpp"
#include "simulation/oracle.hpp"
#include "simulation/scheduler.hpp"

#include <errand/store/store.hpp>

#include <memory>

namespace errand::sim {

/// The clock of a simulated machine or store: virtual time with an error of its own.
class SimClock final : public Clock {
public:
    explicit SimClock(const Scheduler& scheduler) : scheduler_(scheduler) {}
    [[nodiscard]] Timestamp now() const override { return scheduler_.now() + error_; }
    void step(Duration by) { error_ += by; }
    void set_error(Duration error) { error_ = error; }

private:
    const Scheduler& scheduler_;
    Duration error_{};
};

inline constexpr Duration lease_length = std::chrono::seconds{2};
inline constexpr Duration retention = std::chrono::seconds{10};
inline constexpr std::uint32_t crash_budget = 3;
inline constexpr std::uint32_t places_per_worker = 7;  ///< threads and prefetch

/// What everybody in one simulation shares.
struct World {
    explicit World(std::uint64_t seed, Mutant broken)
        : mutant(broken),
          chance(seed),
          scheduler(chance),
          faults(Faults::swarm(chance)),
          store_clock(scheduler),
          oracle({crash_budget, places_per_worker, faults.calm}) {
        StoreOptions options;
        options.clock = &store_clock;
        store = open_store("memory:", options);
        scheduler.generation = [this](WakeChannel channel) { return store->generation(channel); };
    }

    Mutant mutant;
    Chance chance;
    Scheduler scheduler;
    Faults faults;
    SimClock store_clock;
    std::shared_ptr<Store> store;
    Oracle oracle;
};

}  // namespace errand::sim
