#include "simulation/simulation.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <string_view>

// errand-sim: lives of the real engine under faults, from seeds.

namespace {

using namespace errand::sim;
using Steady = std::chrono::steady_clock;

struct Flags {
    std::uint64_t seed = 0;
    std::uint64_t seeds = 1;
    std::uint64_t seconds = 0;
    std::uint64_t steps = SimulationOptions{}.steps;
    std::string mutant;
    std::string file;
    bool find_mutants = false;
};

double seconds_since(Steady::time_point began) {
    return std::chrono::duration<double>(Steady::now() - began).count();
}

/// The fewest steps found after which this seed still breaks a rule.
std::uint64_t shrink(SimulationOptions options) {
    std::uint64_t passes = 0;
    while (options.steps - passes > 100) {
        auto shorter = options;
        shorter.steps = passes + (options.steps - passes) / 2;
        (simulate(shorter).violation.empty() ? passes : options.steps) = shorter.steps;
    }
    return options.steps;
}

/// False: the seed broke a rule, or did not live the same life twice.
bool live(const SimulationOptions& options, bool twice, std::uint64_t& transitions) {
    const auto report = simulate(options);
    transitions += report.transitions;
    if (!report.violation.empty()) {
        fmt::print("seed {}: {}\n", options.seed, report.violation);
        const auto broken = options.mutant == Mutant::none
                                ? ""
                                : fmt::format(" --mutant {}", name_of(options.mutant));
        fmt::print("  again: errand-sim --seed {} --steps {}{}\n", options.seed, shrink(options),
                   broken);
        return false;
    }
    if (twice && simulate(options).hash != report.hash) {
        fmt::print("seed {}: two runs differ, so something outside the seed decides\n",
                   options.seed);
        return false;
    }
    return true;
}

int live_many(const Flags& flags, Mutant mutant) {
    const auto began = Steady::now();
    const bool terminal = ::isatty(STDERR_FILENO) != 0;
    std::uint64_t lived = 0;
    std::uint64_t failed = 0;
    std::uint64_t transitions = 0;
    const auto goes_on = [&] {
        if (flags.seconds != 0) return seconds_since(began) < static_cast<double>(flags.seconds);
        return lived < flags.seeds;
    };
    while (goes_on()) {
        const SimulationOptions options{flags.seed + lived, flags.steps, 3, mutant};
        const bool twice = lived % 50 == 0;
        failed += live(options, twice, transitions) ? 0 : 1;
        ++lived;
        if (terminal) fmt::print(stderr, "\r{} seeds, {} failed", lived, failed);
    }
    const auto took = seconds_since(began);
    if (terminal) fmt::print(stderr, "\n");
    fmt::print("{} seeds from {}, {:.1f} seeds/s, {:.0f} transitions/s of jobs\n", lived,
               flags.seed, static_cast<double>(lived) / took,
               static_cast<double>(transitions) / took);
    fmt::print("{} passed, {} failed\n", lived - failed, failed);
    return failed == 0 ? 0 : 1;
}

/// The lives of a file, one per line: a seed, its steps, and after a # why it is kept.
int live_again(const std::string& path) {
    std::ifstream file{path};
    if (!file) {
        fmt::print(stderr, "errand-sim: --file {}: cannot be read\n", path);
        return 2;
    }
    std::uint64_t passed = 0;
    std::uint64_t failed = 0;
    std::uint64_t transitions = 0;
    for (std::string line; std::getline(file, line);) {
        std::istringstream words{line.substr(0, line.find('#'))};
        SimulationOptions options;
        if (!(words >> options.seed >> options.steps)) continue;
        ++(live(options, true, transitions) ? passed : failed);
    }
    fmt::print("{} passed, {} failed\n", passed, failed);
    return failed == 0 && passed != 0 ? 0 : 1;
}

/// Each mutant must be noticed within `seeds` seeds.
int find_mutants(const Flags& flags) {
    std::uint64_t found = 0;
    for (const auto& [mutant, name] : mutant_names) {
        bool noticed = false;
        for (std::uint64_t i = 0; i < flags.seeds && !noticed; ++i) {
            const auto report = simulate({flags.seed + i, flags.steps, 3, mutant});
            noticed = !report.violation.empty();
            if (!noticed) continue;
            const auto what = report.violation.substr(0, report.violation.find_first_of(";\n"));
            fmt::print("{}: found by seed {}: {}\n", name, flags.seed + i, what);
        }
        if (!noticed) fmt::print("{}: NOT found in {} seeds\n", name, flags.seeds);
        found += noticed ? 1 : 0;
    }
    fmt::print("{} passed, {} failed\n", found, mutant_names.size() - found);
    return found == mutant_names.size() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{
        "Runs the real engine of Errand under simulated faults. The same seed lives the "
        "same life; a seed that breaks a rule is printed with the command that repeats it."};
    Flags flags;
    auto* const seed = app.add_option("--seed", flags.seed, "First seed (default: a fresh one)");
    app.add_option("--seeds", flags.seeds, "How many seeds, one after the other");
    app.add_option("--seconds", flags.seconds, "Instead of --seeds: fresh seeds for this long");
    app.add_option("--steps", flags.steps, "Steps of the chaotic phase of each seed");
    app.add_option("--mutant", flags.mutant, "Breaks the system in this way on purpose");
    app.add_flag("--find-mutants", flags.find_mutants,
                 "Demands that every mutant is noticed within --seeds seeds");
    app.add_option("--file", flags.file, "Lives the seeds of this file (lines: seed steps # why)");
    CLI11_PARSE(app, argc, argv);
    if (!flags.file.empty()) return live_again(flags.file);
    if (seed->count() == 0) flags.seed = std::random_device{}();
    if (flags.find_mutants) return find_mutants(flags);
    const auto mutant = mutant_named(flags.mutant);
    if (mutant == Mutant::none && !flags.mutant.empty()) {
        fmt::print(stderr, "errand-sim: --mutant {}: unknown; one of:", flags.mutant);
        for (const auto& known : mutant_names)
            fmt::print(stderr, " {}", known.name);
        fmt::print(stderr, "\n");
        return 2;
    }
    return live_many(flags, mutant);
}
