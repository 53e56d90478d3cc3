#include "cli/bench/pickup_phase.hpp"
#include "cli/bench/run.hpp"
#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "cli/terminal.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace errand::cli {
namespace {

struct BenchChoice {
    bench::BenchOptions options;
    bool pickup_child = false;
};

bench::Figures measure(bench::BenchOptions options) {
    ProgressBar bar{"bench"};
    options.progress = [&](std::uint32_t done, std::uint32_t steps, std::string_view next) {
        bar.update(done, steps, next);
    };
    const bench::InterruptGuard interrupt;
    return bench::run_bench(options, interrupt);
}

void check_parts(const bench::BenchOptions& options) {
    const auto asks_for = [&](const char* part) {
        return std::ranges::count(options.only, part) > 0;
    };
    if (options.depth == 0 && asks_for("depth")) {
        throw Error(ErrorCode::invalid_argument,
                    "--only depth needs --depth N, the jobs to measure beside, for example "
                    "1000000");
    }
    if (options.feature_jobs == 0 && asks_for("features")) {
        throw Error(ErrorCode::invalid_argument,
                    "--only features needs --features N, the jobs to process, for example 50000");
    }
    if (options.schedules == 0 && asks_for("schedules")) {
        throw Error(ErrorCode::invalid_argument,
                    "--only schedules needs --schedules N, for example 10000");
    }
}

ExitCode run_bench_command(CommandContext& context, BenchChoice& choice) {
    check_parts(choice.options);
    choice.options.store_url = context.store_url();
    if (choice.pickup_child) {
        bench::run_pickup_child(open_store(choice.options.store_url));
        return ExitCode::done;
    }
    try {
        const auto figures = measure(choice.options);
        if (context.json()) {
            fmt::print("{}\n", bench::to_json(figures));
        } else {
            bench::print(figures);
        }
        return ExitCode::done;
    } catch (const bench::Interrupted& interrupted) {
        // Everything is cleaned up: now end as whoever sent the signal expects.
        (void)std::raise(interrupted.signal);
        return ExitCode::failed;
    }
}

void add_options(CLI::App& command, BenchChoice& choice) {
    command
        .add_option("--jobs", choice.options.jobs,
                    "Jobs per round of batches and processing (default: 200000)")
        ->check(CLI::Range(std::uint64_t{1'000}, std::uint64_t{100'000'000}))
        ->type_name("N");
    command
        .add_option("--slots", choice.options.slots,
                    "Handlers that run at once (default: one per processor)")
        ->check(CLI::Range(1U, 1'024U))
        ->type_name("N");
    command
        .add_option("--rounds", choice.options.rounds,
                    "Rounds; the better figure of them counts (default: 2)")
        ->check(CLI::Range(1U, 100U))
        ->type_name("N");
    command
        .add_option("--depth", choice.options.depth,
                    "Also measure processing beside N jobs that wait, are scheduled or finished")
        ->check(CLI::Range(std::uint64_t{10'000}, std::uint64_t{100'000'000}))
        ->type_name("N");
    command
        .add_option("--features", choice.options.feature_jobs,
                    "Also measure processing N jobs with limits, ordering keys and fair shares")
        ->check(CLI::Range(std::uint64_t{1'000}, std::uint64_t{100'000'000}))
        ->type_name("N");
    command
        .add_option("--schedules", choice.options.schedules,
                    "Also measure N schedules that fire once a minute: how late, at what cost")
        ->check(CLI::Range(std::uint32_t{1}, Schedules::max_schedules))
        ->type_name("N");
    command
        .add_option("--only", choice.options.only,
                    fmt::format("Measure only some of {}, separated by commas",
                                fmt::join(bench::bench_parts, ", ")))
        ->delimiter(',')
        ->check(CLI::IsMember(
            std::vector<std::string>{bench::bench_parts.begin(), bench::bench_parts.end()}))
        ->type_name("PART,...");
    command.add_flag("--pickup-child", choice.pickup_child, "The second process of this command")
        ->group("");
}

}  // namespace

void add_bench_command(CLI::App& app, CommandContext& context) {
    auto choice = std::make_shared<BenchChoice>();
    auto& command = context.add_command(
        app,
        {.name = "bench",
         .group = group_operate,
         .summary = "Measure how fast the store is on this machine",
         .details =
             "Enqueues and processes jobs with 200 bytes of arguments and a handler that does "
             "nothing, in scratch space beside the jobs, which are not touched. For SQLite "
             "the same rows are also written by the leanest loop possible, in turns with "
             "the store, so the ratio tells what Errand itself costs. About 350 MB of disk "
             "per 200,000 jobs are used while it runs.\n"
             "--depth takes some minutes for a million jobs and 1 GB: the same number of jobs is "
             "processed in stores that also hold N jobs of one kind, in turns with small stores.\n"
             "--schedules takes about five minutes: N schedules tick once a minute, first evenly "
             "spread, then all at one moment. How late a tick is, is measured when its job's "
             "handler starts.",
         .examples = {{"bench --store sqlite:app.db", "Measure the disk that app.db lies on."},
                      {"bench --jobs 50000 --json", "A quicker run, for scripts."},
                      {"bench --only features --features 50000",
                       "What do limits, ordering keys and fair shares cost?"},
                      {"bench --only depth --depth 1000000",
                       "Does a million jobs in the store slow down the others?"},
                      {"bench --only schedules --schedules 10000",
                       "How late do ten thousand schedules fire?"}}},
        [&context, choice] { return run_bench_command(context, *choice); });
    add_options(command, *choice);
}

}  // namespace errand::cli
