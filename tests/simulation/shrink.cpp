#include "simulation/shrink.hpp"

#include <fmt/format.h>

namespace errand::sim {
namespace {

std::string rule_of(const std::string& violation) {
    return violation.substr(0, violation.find(':'));
}

/// Tries smaller lives, and keeps each that breaks the same rule.
class Shrinking {
public:
    Shrinking(const SimulationOptions& options, std::string rule)
        : best_(options), rule_(std::move(rule)) {}

    SimulationOptions run() {
        shorten();  // the shorter, the faster what follows
        bool smaller = true;
        for (int pass = 0; smaller && pass < 3; ++pass) {
            smaller = leave_faults_out();
            smaller = take_processes_away() || smaller;
        }
        shorten();
        return best_;
    }

private:
    bool keep_if_broken(const SimulationOptions& options) {
        const bool broken = rule_of(simulate(options).violation) == rule_;
        if (broken) best_ = options;
        return broken;
    }

    void shorten() {
        std::uint64_t passes = 0;
        while (best_.steps - passes > 50) {
            auto shorter = best_;
            shorter.steps = passes + (best_.steps - passes) / 2;
            if (!keep_if_broken(shorter)) passes = shorter.steps;
        }
    }

    bool leave_faults_out() {
        bool smaller = false;
        for (const auto& kind : fault_kinds) {
            if (best_.without.has(kind.fault)) continue;
            auto calmer = best_;
            calmer.without.add(kind.fault);
            smaller = keep_if_broken(calmer) || smaller;
        }
        return smaller;
    }

    bool take_processes_away() {
        if (best_.processes == 1) return false;
        auto fewer = best_;
        --fewer.processes;
        return keep_if_broken(fewer);
    }

    SimulationOptions best_;
    const std::string rule_;
};

}  // namespace

SimulationOptions shrink(SimulationOptions options, const SimulationReport& broken) {
    return Shrinking{options, rule_of(broken.violation)}.run();
}

std::string arguments(const SimulationOptions& options) {
    auto text = fmt::format("--seed {} --steps {} --processes {}", options.seed, options.steps,
                            options.processes);
    const auto& off = options.without;
    const auto on = off.others();
    if (off.size() > on.size()) {
        text += fmt::format(" --only {}", on.size() == 0 ? "none" : on.text());
    } else if (off.size() > 0) {
        text += fmt::format(" --without {}", off.text());
    }
    if (options.mutant != Mutant::none) {
        text += fmt::format(" --mutant {}", name_of(options.mutant));
    }
    return text;
}

}  // namespace errand::sim
