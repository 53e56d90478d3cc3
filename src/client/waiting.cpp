#include "client/waiting.hpp"

#include <errand/error.hpp>

#include <algorithm>
#include <thread>

namespace errand::client {
namespace {

constexpr Duration shortest_pause = std::chrono::microseconds{200};
constexpr Duration longest_pause = std::chrono::milliseconds{5};
constexpr Duration safety_look = std::chrono::seconds{1};

}  // namespace

Waiting::Waiting(Store& store, Duration timeout) : store_(store) {
    if (timeout < Duration::zero()) {
        throw Error(ErrorCode::invalid_argument, "timeout: it is negative; give zero or more");
    }
    until_ = Steady::now() + std::min(timeout, max_duration);
}

Duration Waiting::left() const {
    const auto left = std::chrono::duration_cast<Duration>(until_ - Steady::now());
    return std::max(left, Duration::zero());
}

void Waiting::before_look() {
    seen_ = store_.generation(WakeChannel::ended);
}

bool Waiting::wait() {
    if (last_look_) return false;
    const auto woken =
        store_.wait(WakeChannel::ended, seen_, std::min(left(), safety_look)) != seen_;
    if (woken) {
        std::this_thread::sleep_for(std::min(pause_, left()));
        pause_ = std::clamp(pause_ * 2, shortest_pause, longest_pause);
    }
    last_look_ = left() == Duration::zero();
    return true;
}

}  // namespace errand::client
