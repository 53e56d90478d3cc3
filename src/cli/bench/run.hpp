#pragma once

#include "cli/bench/figures.hpp"
#include "cli/bench/interrupt.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace errand::cli::bench {

struct BenchOptions {
    std::string store_url;
    std::uint64_t jobs = 200'000;   ///< per round of batches, processing and the raw loop
    std::uint32_t slots = 0;        ///< handlers at once; 0: one per processor
    std::uint32_t rounds = 2;       ///< raw and own phases take turns; the better round counts
    std::uint32_t pickups = 1'000;  ///< jobs per pick-up measurement; 0: none is made
    std::uint32_t single_time_ms = 1'000;  ///< how long single enqueues are measured per round
    /// Told before each step: how many are done, of how many, and what comes.
    std::function<void(std::uint32_t done, std::uint32_t steps, std::string_view next)> progress;
};

/// Measures the store of the URL in scratch space beside it and removes what it made. Throws Error,
/// and Interrupted when `interrupt` noted a signal.
[[nodiscard]] Figures run_bench(const BenchOptions& options, const InterruptGuard& interrupt);

}  // namespace errand::cli::bench
