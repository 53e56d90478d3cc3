#pragma once

#include <atomic>
#include <cstdint>

namespace errand::engine {

/// What a worker has done since it was made. Written by the loops, read by anybody, in no order.
struct Counters {
    using Count = std::atomic<std::uint64_t>;
    Count started{0}, completed{0}, failed{0}, discarded{0}, cancelled{0}, expired{0};
    Count crashes_rescued{0}, leases_lost{0}, store_errors{0};
    std::atomic<std::uint32_t> stuck{0};  ///< handlers past their timeout and the request to stop

    static void add(Count& count, std::uint64_t n) {
        if (n != 0) count.fetch_add(n, std::memory_order_relaxed);
    }
};

}  // namespace errand::engine
