#pragma once

#include <array>
#include <csignal>

namespace errand::cli::bench {

/// SIGINT, SIGTERM or SIGHUP came: unwind, remove what was made, then end as the signal wanted.
struct Interrupted {
    int signal = 0;
};

/// While it lives these signals are noted instead of ending the process. One at a time.
class InterruptGuard {
public:
    InterruptGuard();
    ~InterruptGuard();  ///< the former handlers are back
    InterruptGuard(const InterruptGuard&) = delete;
    InterruptGuard& operator=(const InterruptGuard&) = delete;

    /// Throws Interrupted when a signal has come.
    void check() const;

private:
    static constexpr std::array signals_{SIGINT, SIGTERM, SIGHUP};
    std::array<struct sigaction, signals_.size()> former_{};
};

}  // namespace errand::cli::bench
