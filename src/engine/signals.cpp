#include "engine/signals.hpp"

#include <errand/error.hpp>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <system_error>

namespace errand::engine {
namespace {

// A signal handler can reach nothing but objects of static duration.
constinit std::atomic<int> event_of_handler{-1};
constinit std::atomic<bool> signalled{false};
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);

extern "C" void on_stop_signal(int /*signal*/) {
    if (signalled.exchange(true)) _exit(130);
    const int saved = errno;
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = write(event_of_handler.load(), &one, sizeof one);
    errno = saved;
}

void install(int signal, struct sigaction& old) {
    struct sigaction action {};
    action.sa_handler = on_stop_signal;
    action.sa_flags = SA_RESTART;
    sigaction(signal, &action, &old);
}

}  // namespace

StopSignals::StopSignals() : event_(eventfd(0, EFD_CLOEXEC)) {
    if (event_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
    int none = -1;
    if (!event_of_handler.compare_exchange_strong(none, event_)) {
        close(event_);
        throw Error(
            ErrorCode::conflict,
            "run(): another worker of this process waits for signals; use start() and stop()");
    }
    signalled = false;
    install(SIGTERM, old_term_);
    install(SIGINT, old_int_);
}

StopSignals::~StopSignals() {
    sigaction(SIGTERM, &old_term_, nullptr);
    sigaction(SIGINT, &old_int_, nullptr);
    event_of_handler = -1;
    close(event_);
}

/// Not by read() alone: under the thread sanitizer a call that is restarted after a signal never
/// lets the handler run. What is read then comes after what the handler wrote.
void StopSignals::wait() const {
    pollfd event{event_, POLLIN, 0};
    while (poll(&event, 1, -1) < 0 && errno == EINTR) {
    }
    std::uint64_t count = 0;
    [[maybe_unused]] const auto got = read(event_, &count, sizeof count);
}

}  // namespace errand::engine
