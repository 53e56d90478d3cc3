#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace errand::cli::bench {

/// What one run measured. Rates are per second, the better of its rounds; none: does not apply.
struct Figures {
    double enqueue_single_per_s = 0;      ///< one caller, one job per call
    double enqueue_64_callers_per_s = 0;  ///< 64 threads, one job per call
    double enqueue_batch_per_s = 0;       ///< one caller, 1,000 jobs per call
    double process_per_s = 0;             ///< claim + run + complete of jobs that wait already
    double mixed_enqueue_per_s = 0;       ///< batches, while a worker processes
    double mixed_process_per_s = 0;       ///< until the last of these is completed

    /// Idle worker in this process: from the call of enqueue() to the start of the handler.
    double pickup_p50_us = 0, pickup_p99_us = 0;
    /// The same, from the return of enqueue(); 0 when the handler was faster.
    double pickup_after_commit_p50_us = 0, pickup_after_commit_p99_us = 0;
    /// The same two with the worker in another process.
    std::optional<double> pickup_cross_process_p50_us, pickup_cross_process_p99_us;
    std::optional<double> pickup_cross_process_after_commit_p50_us;
    std::optional<double> pickup_cross_process_after_commit_p99_us;

    /// The store's engine without Errand: the same rows, the leanest batch loop.
    std::optional<double> raw_enqueue_batch_per_s;
    std::optional<double> raw_process_per_s;  ///< each claim committed before its job runs
    /// Claims kept in memory, which only a single process may do.
    std::optional<double> raw_process_memory_claims_per_s;

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
