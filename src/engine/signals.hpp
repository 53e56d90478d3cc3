#pragma once

#include <csignal>

namespace errand::engine {

/// Catches SIGTERM and SIGINT from its construction to its destruction, on whatever thread they
/// arrive; a second one ends the process at once with status 130. One at a time per process.
class StopSignals {
public:
    /// Throws Error (conflict) when another one lives, std::system_error without file descriptors.
    StopSignals();
    ~StopSignals();
    StopSignals(const StopSignals&) = delete;
    StopSignals& operator=(const StopSignals&) = delete;

    /// Blocks until the first signal.
    void wait() const;

private:
    int event_ = -1;
    struct sigaction old_term_ {};
    struct sigaction old_int_ {};
};

}  // namespace errand::engine
