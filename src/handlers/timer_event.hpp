#pragma once

#include "base/unique_fd.hpp"

#include <errand/time.hpp>

#include <sys/timerfd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace errand::handlers {

/// Wakes a poll() once, a while after arm(); stays signalled. Counts by the monotonic clock.
class TimerEvent {
public:
    /// Throws std::system_error when the process has no descriptor left.
    TimerEvent() : fd_(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)) {
        if (!fd_.is_open()) throw std::system_error(errno, std::generic_category(), "timerfd");
    }
    [[nodiscard]] int fd() const noexcept { return fd_.get(); }
    void arm(Duration delay) const noexcept {
        const auto microseconds = std::max<Duration::rep>(delay.count(), 1);  // 0 would disarm it
        itimerspec when{};
        when.it_value.tv_sec = microseconds / 1'000'000;
        when.it_value.tv_nsec = microseconds % 1'000'000 * 1'000;
        ::timerfd_settime(fd_.get(), 0, &when, nullptr);
    }

private:
    base::UniqueFd fd_;
};

}  // namespace errand::handlers
