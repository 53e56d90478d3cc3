#pragma once

#include "cli/bench/interrupt.hpp"
#include "cli/bench/load.hpp"

#include <errand/client.hpp>

namespace errand::cli::bench {

/// `callers` threads enqueue one job per call for `time`, at most `max_jobs` together. Jobs per
/// second.
[[nodiscard]] double measure_single_enqueues(const Client& client, std::uint32_t callers,
                                             Clock::duration time, std::uint64_t max_jobs,
                                             const InterruptGuard& interrupt);

/// One caller enqueues `jobs` jobs in batches; only the calls are counted, not the making of jobs.
[[nodiscard]] double measure_batch_enqueue(Client client, std::uint64_t jobs,
                                           const InterruptGuard& interrupt);

}  // namespace errand::cli::bench
