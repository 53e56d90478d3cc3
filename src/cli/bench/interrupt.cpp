#include "cli/bench/interrupt.hpp"

#include <atomic>

namespace errand::cli::bench {
namespace {

/// What a signal handler may touch has to be reachable without an object.
std::atomic<int>& noted_signal() noexcept {
    static std::atomic<int> noted{0};
    static_assert(std::atomic<int>::is_always_lock_free);
    return noted;
}

extern "C" void note_signal(int signal) {
    noted_signal().store(signal);
}

}  // namespace

InterruptGuard::InterruptGuard() {
    noted_signal().store(0);
    struct sigaction action {};
    action.sa_handler = note_signal;
    for (std::size_t i = 0; i < signals_.size(); ++i) {
        ::sigaction(signals_[i], &action, &former_[i]);
    }
}

InterruptGuard::~InterruptGuard() {
    for (std::size_t i = 0; i < signals_.size(); ++i) {
        ::sigaction(signals_[i], &former_[i], nullptr);
    }
}

void InterruptGuard::check() const {
    if (const int signal = noted_signal().load()) throw Interrupted{signal};
}

}  // namespace errand::cli::bench
