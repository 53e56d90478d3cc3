#pragma once

#include "cli/bench/figures.hpp"
#include "cli/bench/interrupt.hpp"
#include "cli/bench/pickup_phase.hpp"
#include "cli/bench/scratch.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace errand::cli::bench {

/// How the cost of a feature is measured.
struct FeatureOptions {
    std::uint64_t jobs = 50'000;  ///< completed in each measurement
    std::uint32_t slots = 1;
    std::uint32_t turns = 5;  ///< measurements with the feature, each beside one without
};

/// Measures in turns stores whose jobs use the feature and stores whose jobs use none. `note` is
/// told what is being done, often.
[[nodiscard]] FeatureFigure measure_feature(FeatureKind kind, Scratch& scratch,
                                            const FeatureOptions& options,
                                            const InterruptGuard& interrupt,
                                            const std::function<void(const std::string&)>& note);

/// What keeps the jobs of one key back while they stand in front of all others.
enum class Saturation : std::uint8_t {
    turn,   ///< they run one after the other, and one is running
    limit,  ///< a concurrency limit of their key, which one of them uses up
};

/// Pick-up of `pickups` jobs of another key behind `in_front` jobs of a key that can take no more.
[[nodiscard]] PickupTimes measure_saturated(Saturation how, Scratch& scratch,
                                            std::uint64_t in_front, std::uint32_t pickups,
                                            const InterruptGuard& interrupt,
                                            const std::function<void(const std::string&)>& note);

}  // namespace errand::cli::bench
