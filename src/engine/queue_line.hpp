#pragma once

#include "engine/handler_time.hpp"
#include "engine/ready_queue.hpp"
#include "engine/signal.hpp"

#include <errand/performer.hpp>
#include <errand/queue_group.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>

namespace errand::engine {

/// A queue in a worker, or several that share threads: what waits for the threads, and what the
/// claimer has to know. A performer has a line for itself, of all the queues.
struct QueueLine {
    explicit QueueLine(QueueGroup queues)
        : group(std::move(queues)), concurrency(group.concurrency), threads(concurrency) {}
    QueueLine(QueueGroup queues, Performer& owner)
        : group(std::move(queues)),
          concurrency(owner.places().jobs),
          threads(owner.places().threads),
          performer(&owner) {}

    const QueueGroup group;
    const std::uint32_t concurrency;  ///< jobs that may run at once
    const std::uint32_t threads;
    Performer* const performer = nullptr;
    ReadyQueue ready;
    HandlerTime handler_time;

    // Under the in-flight table's lock.
    std::uint32_t held = 0;     ///< leases of the line, and places reserved for a claim
    Signal* claimer = nullptr;  ///< waits for free places
    bool claimer_waits = false;

    /// Jobs worth holding beyond the running ones: what starts within 20 ms. While that is unknown
    /// little; of a performer, whose places may be many, none.
    [[nodiscard]] std::uint32_t wanted_prefetch(std::uint32_t limit) const noexcept {
        if (!handler_time.known()) return performer ? 0 : std::min(concurrency, limit);
        const auto wanted = handler_time.jobs_within(std::chrono::milliseconds{20}) * concurrency;
        return static_cast<std::uint32_t>(std::min<double>(wanted, limit));
    }
};

}  // namespace errand::engine
