#pragma once

#include <errand/store/store.hpp>

#include <chrono>
#include <cstdint>

namespace errand::client {

/// The rhythm of looking at a job until it has ended: woken by the store, never polling faster than
/// its growing pause allows however many other jobs end. For one thread.
class Waiting {
public:
    /// Throws Error (invalid_argument) for a negative timeout.
    Waiting(Store& store, Duration timeout);

    /// Call before each look, so that an end between the look and wait() is not missed.
    void before_look();
    /// Waits until another look is worth it. False: the time is up.
    [[nodiscard]] bool wait();

private:
    using Steady = std::chrono::steady_clock;

    [[nodiscard]] Duration left() const;

    Store& store_;
    Steady::time_point until_;
    Duration pause_{};
    std::uint32_t seen_ = 0;
    bool last_look_ = false;
};

}  // namespace errand::client
