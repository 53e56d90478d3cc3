#pragma once

#include "cli/bench/figures.hpp"
#include "cli/bench/interrupt.hpp"
#include "cli/bench/scratch.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace errand::cli::bench {

/// How the rate of processing is measured in stores that also hold much else.
struct DepthOptions {
    std::uint64_t beside = 1'000'000;  ///< what the store holds besides
    std::uint64_t jobs = 50'000;       ///< completed in each measurement
    std::uint32_t slots = 1;
    std::uint32_t turns = 5;  ///< measurements per surroundings, each beside one of a small store
};

/// Fills a store with `beside` jobs of one kind, then measures in turns with small stores of 10,000
/// waiting jobs, new ones each time. `note` is told what is being done, often.
[[nodiscard]] DepthFigure measure_depth(DepthKind kind, Scratch& scratch,
                                        const DepthOptions& options,
                                        const InterruptGuard& interrupt,
                                        const std::function<void(const std::string&)>& note);

}  // namespace errand::cli::bench
