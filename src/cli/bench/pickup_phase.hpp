#pragma once

#include "cli/bench/interrupt.hpp"
#include "cli/bench/load.hpp"

#include <errand/client.hpp>

#include <string>

namespace errand::cli::bench {

/// How long jobs took to reach the handler of an idle worker, one entry per job.
struct PickupTimes {
    std::vector<Clock::duration> from_call;    ///< enqueue() called -> handler starts
    std::vector<Clock::duration> from_return;  ///< enqueue() returned -> handler starts; at least 0
};

/// Worker and client in this process; each job is enqueued after the one before was settled.
[[nodiscard]] PickupTimes measure_pickup(const Client& client, std::uint32_t jobs,
                                         const InterruptGuard& interrupt);

/// The worker is another process of this program on the same store (run_pickup_child). Both read
/// the machine's monotonic clock.
[[nodiscard]] PickupTimes measure_cross_process_pickup(const Client& client,
                                                       const std::string& store_url,
                                                       std::uint32_t jobs,
                                                       const InterruptGuard& interrupt);

/// The other process: a worker whose handler returns the time of its start, until stdin ends. Says
/// "ready" on stdout once it runs.
void run_pickup_child(std::shared_ptr<Store> store);

}  // namespace errand::cli::bench
