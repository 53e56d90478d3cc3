#pragma once

#include "cli/bench/interrupt.hpp"

#include <cstdint>
#include <filesystem>

namespace errand::cli::bench {

struct RawRates {
    double enqueue_batch_per_s = 0;
    double process_per_s = 0;                ///< every claim and every settlement in a transaction
    double process_memory_claims_per_s = 0;  ///< claims only read; the settlement is the one write
};

/// What SQLite itself can do with such jobs: the leanest loop over batches of 1,000, one
/// connection, one thread, WAL. `full` is synchronous=FULL, otherwise NORMAL. Files go into
/// `directory`. Throws Error (store_unavailable).
[[nodiscard]] RawRates measure_raw_sqlite(const std::filesystem::path& directory, bool full,
                                          std::uint64_t jobs, const InterruptGuard& interrupt);

}  // namespace errand::cli::bench
