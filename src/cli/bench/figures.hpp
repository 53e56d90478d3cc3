#pragma once

#include "cli/bench/depth_kind.hpp"
#include "cli/bench/feature_kind.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace errand::cli::bench {

/// The rate of processing beside much else, and in small stores measured in turns with it.
struct DepthFigure {
    DepthKind kind{};
    double per_s = 0, base_per_s = 0;  ///< the best of the turns
    double ratio = 0;                  ///< median over the turns of one to the other
};

/// The rate of processing with a feature, and without any, measured in turns with it.
struct FeatureFigure {
    FeatureKind kind{};
    double per_s = 0, base_per_s = 0;  ///< the best of the turns
    double ratio = 0;                  ///< median over the turns of one to the other
};

/// From a tick to the start of its job's handler.
struct LatenessFigure {
    double p50_us = 0, p99_us = 0, max_us = 0;
};

/// What one run measured. Rates are per second, the better of its rounds; none: does not apply, or
/// was not asked for.
struct Figures {
    std::optional<double> enqueue_single_per_s;      ///< one caller, one job per call
    std::optional<double> enqueue_64_callers_per_s;  ///< 64 threads, one job per call
    std::optional<double> enqueue_batch_per_s;       ///< one caller, 1,000 jobs per call
    std::optional<double> process_per_s;  ///< claim + run + complete of jobs that wait already
    std::optional<double> mixed_enqueue_per_s;  ///< batches, while a worker processes
    std::optional<double> mixed_process_per_s;  ///< until the last of these is completed

    /// Idle worker in this process: from the call of enqueue() to the start of the handler.
    std::optional<double> pickup_p50_us, pickup_p99_us;
    /// The same, from the return of enqueue(); 0 when the handler was faster.
    std::optional<double> pickup_after_commit_p50_us, pickup_after_commit_p99_us;
    /// The same two with the worker in another process.
    std::optional<double> pickup_cross_process_p50_us, pickup_cross_process_p99_us;
    std::optional<double> pickup_cross_process_after_commit_p50_us;
    std::optional<double> pickup_cross_process_after_commit_p99_us;

    /// The store's engine without Errand: the same rows, the leanest batch loop.
    std::optional<double> raw_enqueue_batch_per_s;
    std::optional<double> raw_process_per_s;  ///< each claim committed before its job runs
    /// Claims kept in memory, which only a single process may do.
    std::optional<double> raw_process_memory_claims_per_s;

    std::uint64_t depth = 0;          ///< jobs beside; 0: not measured
    std::uint64_t depth_jobs = 0;     ///< jobs per measurement of depth
    std::vector<DepthFigure> beside;  ///< in the order of depth_kinds

    std::uint64_t feature_jobs = 0;       ///< jobs per measurement of a feature; 0: not measured
    std::vector<FeatureFigure> features;  ///< in the order of feature_kinds

    /// As pickup_*, behind `depth` jobs of another key that can take no more: of which one runs and
    /// they have to take turns, or for a concurrency limit.
    std::optional<double> saturated_turn_p50_us, saturated_turn_p99_us;
    std::optional<double> saturated_limit_p50_us, saturated_limit_p99_us;

    std::uint64_t schedules = 0;        ///< that ticked once a minute; 0: not measured
    std::uint64_t schedules_fired = 0;  ///< of them, when spread over the minute
    std::optional<LatenessFigure> schedules_spread, schedules_at_once;
    std::optional<double> schedules_cores;  ///< processor time while they fired spread, of one core

    std::optional<double> fsync_us;  ///< median of appending 4 KiB and fdatasync
    std::uint64_t jobs = 0;          ///< jobs per round of the batch, processing and raw figures
    std::string durability;          ///< full, process, none
    std::string store;               ///< sqlite, memory
    std::uint32_t slots = 0;         ///< handlers that ran at once
    std::uint32_t rounds = 0;
};

/// One JSON object with the fields above and their ratios.
[[nodiscard]] std::string to_json(const Figures& figures);

/// A table on stdout.
void print(const Figures& figures);

}  // namespace errand::cli::bench
