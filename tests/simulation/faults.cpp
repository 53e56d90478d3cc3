#include "simulation/faults.hpp"

#include <algorithm>

namespace errand::sim {

std::string FaultSet::text() const {
    std::string text;
    for (const auto& kind : fault_kinds) {
        if (!has(kind.fault)) continue;
        if (!text.empty()) text += ',';
        text += kind.name;
    }
    return text;
}

std::optional<FaultSet> FaultSet::parse(std::string_view text) {
    FaultSet set;
    if (text == "none") return set;
    while (!text.empty()) {
        const auto name = text.substr(0, text.find(','));
        text.remove_prefix(std::min(text.size(), name.size() + 1));
        bool known = false;
        for (const auto& kind : fault_kinds) {
            if (kind.name != name) continue;
            set.add(kind.fault);
            known = true;
        }
        if (!known) return std::nullopt;
    }
    return set;
}

Faults Faults::swarm(Chance& chance, const FaultSet& off) {
    Faults faults;
    // Some lives are to be calm or peaceful, for what is promised only then.
    const double mood = chance.unit();
    for (const auto& kind : fault_kinds) {
        const bool on = chance.hit(0.4);
        const double strength = chance.unit() * kind.most;
        const bool allowed =
            mood > 0.3 || (mood > 0.15 && kind.harm != Harm::leases) || kind.harm == Harm::none;
        if (!on || !allowed || off.has(kind.fault)) continue;
        faults.strength_[static_cast<std::size_t>(kind.fault)] = strength;
        faults.worst_ = std::max(faults.worst_, kind.harm);
    }
    return faults;
}

}  // namespace errand::sim
