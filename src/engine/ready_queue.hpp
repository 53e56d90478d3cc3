#pragma once

#include "engine/execution.hpp"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <span>
#include <vector>

namespace errand::engine {

/// Leases of one queue that wait for a thread. Thread-safe. Wakes sleeping threads one by one: each
/// that finds more than it takes wakes the next, so that short jobs are not spread over all
/// threads.
class ReadyQueue {
public:
    void push(std::span<const Ticket> tickets);

    /// Takes the oldest: an even share among `sharers`, at most `max`, into `out` (replacing its
    /// content). Empty: there are none.
    void take(std::vector<Ticket>& out, std::size_t max, std::size_t sharers);

    /// Waits until there are tickets; false: the queue was closed.
    [[nodiscard]] bool wait();

    /// Lets all waiting threads go, now and later.
    void close();

private:
    void wake_one_locked();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Ticket> tickets_;
    std::size_t sleeping_ = 0;
    bool closed_ = false;
};

}  // namespace errand::engine
