#pragma once

#include "cli/bench/interrupt.hpp"
#include "cli/bench/load.hpp"

#include <errand/client.hpp>

namespace errand::cli::bench {

/// A worker completes the `jobs` jobs that wait in the store. Jobs per second from its start until
/// the last one is settled.
[[nodiscard]] double measure_processing(const Client& client, std::uint64_t jobs,
                                        std::uint32_t slots, const InterruptGuard& interrupt);

/// The same where more jobs wait than are to be completed: the rate of the first `jobs`. What the
/// worker holds beyond these when it is stopped is given back.
[[nodiscard]] double measure_processing_part(const Client& client, std::uint64_t jobs,
                                             std::uint32_t slots, const InterruptGuard& interrupt);

struct MixedRates {
    double enqueue_per_s = 0;
    double process_per_s = 0;
};

/// One caller enqueues `jobs` jobs in batches into the empty store while a worker completes them.
[[nodiscard]] MixedRates measure_mixed(const Client& client, std::uint64_t jobs,
                                       std::uint32_t slots, const InterruptGuard& interrupt);

}  // namespace errand::cli::bench
