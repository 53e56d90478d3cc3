#include "simulation/world.hpp"

#include "simulation/store/broken_store.hpp"
#include "simulation/store/lax_store.hpp"
#include "simulation/store/unruly_store.hpp"

#include <algorithm>
#include <array>

namespace errand::sim {

using namespace std::chrono_literals;

namespace {

OracleRules rules_for(const Faults& faults) {
    OracleRules rules;
    rules.crash_budget = crash_budget;
    rules.max_interruptions = 100;
    rules.lease = lease_length;
    rules.retention = retention;
    rules.retry = RetryPolicy::exponential(1s).max(4s);
    rules.calm = faults.calm();
    rules.peaceful = faults.peaceful();
    rules.one_time = std::ranges::none_of(
        std::array{Fault::store_steps, Fault::store_drift, Fault::process_clocks,
                   Fault::process_steps, Fault::process_drift},
        [&](Fault fault) { return faults.active(fault); });
    return rules;
}

}  // namespace

Traffic Traffic::draw(Chance& chance) {
    Traffic traffic;
    traffic.clients = static_cast<std::uint32_t>(1 + chance.below(3));
    constexpr std::array batches{5U, 60U, 150U, 300U};
    traffic.batch = batches[chance.below(batches.size())];
    traffic.think = chance.hit(0.5) ? 30ms : 5ms;
    // Little work in short bursts: a wake-up that got lost is not made up for by the next one.
    if (chance.hit(0.1)) traffic.think = 1s;
    traffic.backlog = chance.hit(0.4) ? 150 : 1'500;
    return traffic;
}

World::World(std::uint64_t seed, const FaultSet& off, Mutant broken)
    : mutant(broken),
      chance(seed),
      scheduler(chance),
      faults(Faults::swarm(chance, off)),
      traffic(Traffic::draw(chance)),
      store_clock(scheduler),
      oracle(rules_for(faults), scheduler) {
    const bool may_lose = faults.active(Fault::lost_tails) || mutant == Mutant::lose_the_tail;
    machine = std::make_shared<PowerStore>(store_clock, may_lose);
    std::shared_ptr<Store> below = machine;
    if (mutant != Mutant::none) {
        below = std::make_shared<BrokenStore>(below, mutant, chance, store_clock, oracle);
        below = std::make_shared<LaxStore>(below, mutant, oracle);
        below = std::make_shared<UnrulyStore>(below, mutant, chance);
    }
    store = std::make_shared<ObservedStore>(below, oracle, scheduler);
    scheduler.generation = [this](WakeChannel channel) { return store->generation(channel); };
    scheduler.wake_faults = {faults[Fault::lost_wakes], faults[Fault::late_wakes],
                             faults[Fault::doubled_wakes], mutant == Mutant::late_generation};
    if (faults.active(Fault::rollouts)) version = 1;
    if (faults.active(Fault::store_drift)) {
        store_clock.set_drift(chance.between(-50'000us, 50'000us).count());
    }
}

}  // namespace errand::sim
