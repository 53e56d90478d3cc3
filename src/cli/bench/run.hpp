#pragma once

#include "cli/bench/figures.hpp"
#include "cli/bench/interrupt.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace errand::cli::bench {

/// What can be measured, in this order. The steps of one round take turns.
inline constexpr std::array bench_parts{"fsync",   "raw",    "process", "mixed",    "single",
                                        "callers", "pickup", "depth",   "features", "schedules"};

struct BenchOptions {
    std::string store_url;
    std::uint64_t jobs = 200'000;   ///< per round of batches, processing and the raw loop
    std::uint32_t slots = 0;        ///< handlers at once; 0: one per processor
    std::uint32_t rounds = 2;       ///< raw and own phases take turns; the better round counts
    std::uint32_t pickups = 1'000;  ///< jobs per pick-up measurement; 0: none is made
    std::uint32_t single_time_ms = 1'000;  ///< how long single enqueues are measured per round
    std::uint64_t depth = 0;  ///< what stores hold besides, where depth is measured; 0: it is not
    std::uint64_t depth_jobs = 50'000;  ///< per measurement of depth, at most `jobs`
    std::uint32_t depth_turns = 5;
    std::uint64_t feature_jobs = 0;  ///< per measurement of a feature; 0: they are not measured
    std::uint32_t feature_turns = 5;
    std::uint32_t schedules = 0;    ///< that fire once a minute; 0: they are not measured
    std::vector<std::string> only;  ///< of bench_parts; empty: all
    /// Told before each step and often in long ones: how many are done, of how many, what is next.
    std::function<void(std::uint32_t done, std::uint32_t steps, std::string_view next)> progress;
};

/// Measures the store of the URL in scratch space beside it and removes what it made. Throws Error,
/// and Interrupted when `interrupt` noted a signal.
[[nodiscard]] Figures run_bench(const BenchOptions& options, const InterruptGuard& interrupt);

}  // namespace errand::cli::bench
