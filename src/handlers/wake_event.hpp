#pragma once

#include "base/unique_fd.hpp"

#include <sys/eventfd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

namespace errand::handlers {

/// Wakes a poll() from any thread; stays signalled.
class WakeEvent {
public:
    /// Throws std::system_error when the process has no descriptor left.
    WakeEvent() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
        if (!fd_.is_open()) throw std::system_error(errno, std::generic_category(), "eventfd");
    }
    /// Readable once wake() was called.
    [[nodiscard]] int fd() const noexcept { return fd_.get(); }
    void wake() const noexcept {
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto written = ::write(fd_.get(), &one, sizeof one);
    }

private:
    base::UniqueFd fd_;
};

}  // namespace errand::handlers
