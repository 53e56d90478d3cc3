#include "simulation/shrink.hpp"
#include "simulation/simulation.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <optional>
#include <random>
#include <sstream>
#include <string>
#include <string_view>

// errand-sim: lives of the real engine under faults, from seeds.

namespace {

using namespace errand::sim;
using Steady = std::chrono::steady_clock;

/// Every so many fresh seeds live their life twice, to compare the hashes.
constexpr std::uint64_t twice_every = 10;
/// So many seeds meet every situation many times over.
constexpr std::uint64_t enough_for_situations = 200;

struct Flags {
    SimulationOptions life;
    std::uint64_t seeds = 1;
    std::uint64_t seconds = 0;
    std::string mutant;
    std::string without;
    std::string only;
    std::string file;
    bool find_mutants = false;
    bool hashes = false;
    bool situations = false;
};

double seconds_since(Steady::time_point began) {
    return std::chrono::duration<double>(Steady::now() - began).count();
}

/// Of this process: what one core has done, whatever else the machine does.
double cpu_seconds() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// What many lives came to.
struct Tally {
    std::uint64_t passed = 0;
    std::uint64_t failed = 0;
    std::uint64_t twice = 0;
    std::uint64_t steps = 0;
    std::uint64_t calls = 0;
    std::uint64_t transitions = 0;
    Situations situations;
    std::string broken;  ///< said once more at the end, where it is read when the rest is cut off

    void add(const SimulationReport& report) {
        steps += report.steps;
        calls += report.calls;
        transitions += report.transitions;
        situations.add(report.situations);
    }
    [[nodiscard]] std::uint64_t lives() const { return passed + failed; }
};

/// Returns how the life is repeated.
std::string print_broken(const SimulationOptions& options, const SimulationReport& report) {
    fmt::print("seed {}: {}\n", options.seed, report.violation);
    std::fflush(stdout);
    const auto small = shrink(options, report);
    auto again = fmt::format("  again: errand-sim {}\n         {}\n", arguments(small),
                             simulate(small).violation);
    fmt::print("{}", again);
    std::fflush(stdout);
    return again;
}

/// Counts a failure when the seed broke a rule, or did not live the same life twice.
void live(const SimulationOptions& options, bool twice, Tally& tally) {
    const auto report = simulate(options);
    tally.add(report);
    bool good = report.violation.empty();
    if (!good) tally.broken += print_broken(options, report);
    if (good && twice) {
        const auto second = simulate(options);
        tally.add(second);
        ++tally.twice;
        good = second.hash == report.hash;
        if (!good) {
            const auto differ = fmt::format(
                "seed {}: two runs differ, so something outside the seed decides\n", options.seed);
            fmt::print("{}", differ);
            tally.broken += differ;
        }
    }
    ++(good ? tally.passed : tally.failed);
}

void print_tally(const Flags& flags, const Tally& tally, double took, double cpu) {
    const auto per_second = [cpu](std::uint64_t count) { return static_cast<double>(count) / cpu; };
    fmt::print(
        "{} seeds from {}, {:.1f} seeds/s; per core and second {:.0f} transitions of jobs, {:.0f} "
        "store calls, {:.0f} steps; {} seeds lived twice with the same hash\n",
        tally.lives(), flags.life.seed, static_cast<double>(tally.lives()) / took,
        per_second(tally.transitions), per_second(tally.calls), per_second(tally.steps),
        tally.twice);
    fmt::print("{}", tally.broken);
    fmt::print("{} passed, {} failed\n", tally.passed, tally.failed);
}

/// How far it is: the line is rewritten on a terminal, and a new one once a minute elsewhere.
class Progress {
public:
    void show(double seconds, const Tally& tally) {
        const auto minute = static_cast<std::uint64_t>(seconds / 60);
        if (!terminal_ && minute == minute_) return;
        minute_ = minute;
        fmt::print(stderr, "{}{:.0f} s, {} seeds, {} failed{}", terminal_ ? "\r" : "", seconds,
                   tally.lives(), tally.failed, terminal_ ? "" : "\n");
    }
    void end() const {
        if (terminal_) fmt::print(stderr, "\n");
    }

private:
    const bool terminal_ = ::isatty(STDERR_FILENO) != 0;
    std::uint64_t minute_ = 0;
};

/// False: one of them was never met.
bool print_situations(const Situations& situations) {
    std::uint64_t never = 0;
    for (std::size_t i = 0; i < situation_count; ++i) {
        fmt::print("{:>12} {}\n", situations.times(i), situation_names[i]);
        never += situations.times(i) == 0 ? 1 : 0;
    }
    fmt::print("situations: {} of {} were met\n", situation_count - never, situation_count);
    return never == 0;
}

int live_many(const Flags& flags) {
    const auto began = Steady::now();
    Progress progress;
    Tally tally;
    const auto goes_on = [&] {
        if (flags.seconds != 0) return seconds_since(began) < static_cast<double>(flags.seconds);
        return tally.lives() < flags.seeds;
    };
    while (goes_on()) {
        auto life = flags.life;
        life.seed += tally.lives();
        live(life, tally.lives() % twice_every == 0, tally);
        progress.show(seconds_since(began), tally);
    }
    progress.end();
    const bool met = !flags.situations || print_situations(tally.situations);
    const bool all_met = met || tally.lives() < enough_for_situations;
    print_tally(flags, tally, seconds_since(began), cpu_seconds());
    return tally.failed == 0 && all_met ? 0 : 1;
}

/// One line per life, for comparing it with that of another run of this program.
int print_hashes(const Flags& flags) {
    for (std::uint64_t i = 0; i < flags.seeds; ++i) {
        auto life = flags.life;
        life.seed += i;
        const auto report = simulate(life);
        fmt::print("{} {:016x} {} {}\n", life.seed, report.hash, report.steps, report.transitions);
    }
    return 0;
}

/// A line of a file of lives: seed, steps, processes, and the only faults that happen.
std::optional<SimulationOptions> parse_life(const std::string& line) {
    std::istringstream words{line.substr(0, line.find('#'))};
    SimulationOptions life;
    if (!(words >> life.seed >> life.steps)) return std::nullopt;
    if (!(words >> life.processes)) life.processes = SimulationOptions{}.processes;
    if (std::string only; words >> only) {
        life.without = FaultSet::parse(only).value_or(FaultSet{}).others();
    }
    return life;
}

int live_again(const Flags& flags) {
    std::ifstream file{flags.file};
    if (!file) {
        fmt::print(stderr, "errand-sim: --file {}: cannot be read\n", flags.file);
        return 2;
    }
    Tally tally;
    for (std::string line; std::getline(file, line);) {
        if (const auto life = parse_life(line)) live(*life, true, tally);
    }
    fmt::print("{} passed, {} failed\n", tally.passed, tally.failed);
    return tally.failed == 0 && tally.passed != 0 ? 0 : 1;
}

/// Whether `mutant` is noticed within so many seeds; prints by which and after how much.
bool find_mutant(const Flags& flags, const MutantName& mutant) {
    Tally tally;
    for (std::uint64_t i = 0; i < flags.seeds; ++i) {
        auto life = flags.life;
        life.seed += i;
        life.mutant = mutant.mutant;
        const auto report = simulate(life);
        tally.add(report);
        if (report.violation.empty()) continue;
        const auto what = report.violation.substr(0, report.violation.find_first_of(";\n"));
        fmt::print("{}: found by seed {}, the {}. of them, after {} steps: {}\n", mutant.name,
                   life.seed, i + 1, tally.steps, what);
        return true;
    }
    fmt::print("{}: NOT found in {} seeds, {} steps\n", mutant.name, flags.seeds, tally.steps);
    return false;
}

int find_mutants(const Flags& flags) {
    std::uint64_t found = 0;
    for (const auto& mutant : mutant_names) {
        found += find_mutant(flags, mutant) ? 1 : 0;
        std::fflush(stdout);
    }
    fmt::print("{} passed, {} failed\n", found, mutant_names.size() - found);
    return found == mutant_names.size() ? 0 : 1;
}

/// False: an argument names something unknown; the reason has been printed.
bool read_names(Flags& flags) {
    flags.life.mutant = mutant_named(flags.mutant);
    if (flags.life.mutant == Mutant::none && !flags.mutant.empty()) {
        fmt::print(stderr, "errand-sim: --mutant {}: unknown; one of:", flags.mutant);
        for (const auto& known : mutant_names)
            fmt::print(stderr, " {}", known.name);
        fmt::print(stderr, "\n");
        return false;
    }
    const auto without = FaultSet::parse(flags.without);
    const auto only = FaultSet::parse(flags.only);
    if (!without || !only) {
        fmt::print(stderr, "errand-sim: {} {}: unknown; any of:", without ? "--only" : "--without",
                   without ? flags.only : flags.without);
        for (const auto& known : fault_kinds)
            fmt::print(stderr, " {}", known.name);
        fmt::print(stderr, "\n");
        return false;
    }
    flags.life.without = flags.only.empty() ? *without : only->others();
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{
        "Runs the real engine of Errand under simulated faults. The same seed lives the "
        "same life; a seed that breaks a rule is printed with the command that repeats it."};
    Flags flags;
    auto& life = flags.life;
    auto* const seed = app.add_option("--seed", life.seed, "First seed (default: a fresh one)");
    app.add_option("--seeds", flags.seeds, "How many seeds, one after the other");
    app.add_option("--seconds", flags.seconds, "Instead of --seeds: fresh seeds for this long");
    app.add_option("--steps", life.steps, "Steps of the chaotic phase of each seed");
    app.add_option("--processes", life.processes, "Worker processes")->check(CLI::Range(1, 20));
    app.add_option("--without", flags.without, "Kinds of faults that do not happen: a,b,c");
    app.add_option("--only", flags.only, "The only kinds of faults that happen: a,b,c or none")
        ->excludes("--without");
    app.add_option("--mutant", flags.mutant, "Breaks the system in this way on purpose");
    app.add_flag("--find-mutants", flags.find_mutants,
                 "Demands that every mutant is noticed within --seeds seeds");
    app.add_flag("--hashes", flags.hashes, "Prints the hash of each seed's events");
    app.add_flag("--situations", flags.situations,
                 "Prints how often what the rules are about happened, and demands each of 200 "
                 "seeds or more");
    app.add_option("--file", flags.file,
                   "Lives the seeds of this file (lines: seed steps processes only # why)");
    CLI11_PARSE(app, argc, argv);
    if (!read_names(flags)) return 2;
    if (!flags.file.empty()) return live_again(flags);
    if (seed->count() == 0) life.seed = std::random_device{}();
    if (flags.find_mutants) return find_mutants(flags);
    return flags.hashes ? print_hashes(flags) : live_many(flags);
}
