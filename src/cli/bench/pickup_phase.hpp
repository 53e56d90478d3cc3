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

/// A worker, not started, whose handler of the measured jobs tells when it began.
[[nodiscard]] std::unique_ptr<Worker> make_pickup_worker(std::shared_ptr<Store> store,
                                                         std::uint32_t slots);
/// Jobs for such a worker, which runs, wherever that is: each is enqueued after the one before was
/// settled.
[[nodiscard]] PickupTimes measure_pickup_by(const Client& client, std::uint32_t jobs,
                                            const InterruptGuard& interrupt);

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
