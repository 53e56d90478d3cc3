#pragma once

#include <errand/store/store.hpp>
#include <errand/worker.hpp>

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace errand::cli {

/// Looks, on a thread of its own, whether the queues of a running worker still hold unfinished
/// jobs. When they do not, it sends this process SIGTERM: the one way in which a worker stops.
class DrainWatch {
public:
    DrainWatch(const Worker& worker, Store& store, std::vector<std::string> queues);

private:
    void watch(const std::stop_token& stop);
    /// True when nothing is left. A store that does not answer counts as "something is left".
    [[nodiscard]] bool drained() const;

    const Worker& worker_;
    Store& store_;
    std::vector<std::string> queues_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::jthread thread_;
};

/// Unfinished jobs of `queues`: available, scheduled, retryable, active and pending ones.
[[nodiscard]] std::uint64_t unfinished_jobs(const StoreStats& stats,
                                            const std::vector<std::string>& queues);

}  // namespace errand::cli
