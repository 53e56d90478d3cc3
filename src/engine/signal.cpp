#include "engine/signal.hpp"

#include <utility>

namespace errand::engine {

void Signal::notify() {
    const std::lock_guard lock{mutex_};
    if (notified_) return;
    notified_ = true;
    changed_.notify_one();
}

void Signal::wait_for(Duration timeout) {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, timeout, [this] { return notified_; });
    notified_ = false;
}

bool Signal::take() {
    const std::lock_guard lock{mutex_};
    return std::exchange(notified_, false);
}

}  // namespace errand::engine
