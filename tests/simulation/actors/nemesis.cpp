#include "simulation/actors/nemesis.hpp"

#include <algorithm>

namespace errand::sim {

using namespace std::chrono_literals;

namespace {

constexpr Duration round = 100ms;

}  // namespace

void Nemesis::start() {
    world_.scheduler.spawn("nemesis", &host_, [this] { run(); });
}

bool Nemesis::now(Fault fault) {
    return world_.chance.hit(world_.faults[fault] * 0.1);
}

void Nemesis::run() {
    while (true) {
        world_.scheduler.sleep(round);
        if (!going_on_) continue;
        harm_a_process();
        if (going_on_) harm_the_store();
    }
}

void Nemesis::harm_a_process() {
    auto& chance = world_.chance;
    const auto time = world_.scheduler.now();
    if (now(Fault::rollouts)) roll_out();
    if (now(Fault::clogs)) clog();
    auto& victim = processes_[chance.below(processes_.size())];
    if (!victim) return;
    if (now(Fault::kills)) victim->host().killed = true;
    if (now(Fault::deploys)) victim->stop();
    if (now(Fault::stops)) {
        victim->host().stopped_until = time + chance.between(lease_length / 5, lease_length * 5);
    }
    if (now(Fault::partitions)) {
        victim->host().cut_off_until = time + chance.between(lease_length / 10, lease_length * 5);
    }
    if (now(Fault::process_steps)) {
        const auto most = chance.hit(0.5) ? Duration{24h} : Duration{2s};
        victim->clock().step(chance.between(-most, most));
    }
}

void Nemesis::harm_the_store() {
    auto& chance = world_.chance;
    const auto time = world_.scheduler.now();
    if (now(Fault::store_steps)) world_.store_clock.step(chance.between(-5s, 5s));
    if (now(Fault::outages)) {
        world_.store_away_until = time + chance.between(50ms, lease_length * 2);
    }
    if (now(Fault::disk_full)) {
        world_.disk_full_until = time + chance.between(50ms, lease_length * 2);
    }
    if (now(Fault::power_cuts)) cut_power(false);
    if (now(Fault::lost_tails)) cut_power(true);
    if (world_.mutant == Mutant::lose_the_tail && chance.hit(0.02)) cut_power(true);
}

/// One after the other is cut off, and they come back in an order of their own.
void Nemesis::clog() {
    auto& chance = world_.chance;
    auto from = world_.scheduler.now();
    for (auto& process : processes_) {
        if (process) process->host().cut_off_until = from + chance.between(100ms, lease_length * 3);
        from += chance.between(0us, 300ms);
    }
}

/// To the other version, one process after the other.
void Nemesis::roll_out() {
    world_.version = world_.version == newest_version ? 1 : newest_version;
    for (std::size_t i = 0; i < processes_.size() && going_on_; ++i) {
        if (processes_[i]) processes_[i]->stop();
        world_.scheduler.sleep(world_.chance.between(100ms, 1s));
    }
}

/// What happens between the last sync and the cut may be lost, and the caller's answers with it.
void Nemesis::cut_power(bool lose_tail) {
    if (lose_tail) {
        world_.machine->sync();
        world_.synced = world_.oracle;
        world_.scheduler.sleep(world_.chance.between(1ms, 300ms));
        if (!going_on_) return world_.synced.reset();
    }
    world_.cut_power = true;
    world_.scheduler.sleep(1us);  // the cut comes before anything else
}

}  // namespace errand::sim
