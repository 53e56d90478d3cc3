#pragma once

#include <errand/time.hpp>

#include <condition_variable>
#include <mutex>

namespace errand::engine {

/// A wake-up that is never lost: notify() before wait_for() lets the wait return at once. Several
/// notifications before a wait count as one. For one waiting thread; notify() from any.
class Signal {
public:
    void notify();
    /// Waits until notified or `timeout` has passed.
    void wait_for(Duration timeout);
    /// Whether a notification is there; it is used up. For those who wait in their own way.
    [[nodiscard]] bool take();

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool notified_ = false;
};

}  // namespace errand::engine
