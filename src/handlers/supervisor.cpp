#include "handlers/supervisor.hpp"

#include "handlers/timer_event.hpp"
#include "handlers/wake_event.hpp"

#include <poll.h>
#include <signal.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <vector>

namespace errand::handlers {
namespace {

constexpr Duration drain_time = std::chrono::seconds{1};
constexpr std::size_t read_bytes = 64U << 10;  // what a pipe holds

/// The descriptors that are waited for; a negative one never becomes ready.
class Waiter {
public:
    enum Slot : std::size_t { out, err, exit, stop, timer };

    void watch(Slot slot, int fd) { fds_[slot] = {fd, POLLIN, 0}; }
    void ignore(Slot slot) { fds_[slot] = {-1, 0, 0}; }
    [[nodiscard]] bool is_watched(Slot slot) const { return fds_[slot].fd >= 0; }
    [[nodiscard]] int fd(Slot slot) const { return fds_[slot].fd; }
    [[nodiscard]] bool is_ready(Slot slot) const { return fds_[slot].revents != 0; }

    void wait() {
        while (::poll(fds_.data(), fds_.size(), -1) < 0) {
            if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "poll");
        }
    }

private:
    static constexpr pollfd nothing{-1, 0, 0};
    std::array<pollfd, 5> fds_{nothing, nothing, nothing, nothing, nothing};
};

class Supervisor {
public:
    Supervisor(Process& process, const Outputs& outputs, Duration kill_after)
        : process_(process), outputs_(outputs), kill_after_(kill_after), buffer_(read_bytes) {}

    Ended run(const std::stop_token& stop) {
        const WakeEvent stop_event;
        const std::stop_callback on_stop{stop, [&stop_event] { stop_event.wake(); }};
        waiter_.watch(Waiter::out, process_.stdout_fd());
        waiter_.watch(Waiter::err, process_.stderr_fd());
        waiter_.watch(Waiter::exit, process_.exit_fd());
        waiter_.watch(Waiter::stop, stop_event.fd());
        wait_for_exit();
        const ExitStatus status = process_.end();
        drain();
        return {status, stopped_by_};
    }

private:
    void wait_for_exit() {
        do {
            waiter_.wait();
            pass_on_output();
            if (waiter_.is_ready(Waiter::exit)) return;
            if (waiter_.is_ready(Waiter::stop)) terminate();
            if (waiter_.is_ready(Waiter::timer)) kill();
        } while (true);
    }

    void terminate() {
        process_.signal_group(SIGTERM);
        stopped_by_ = StopSignal::terminate;
        waiter_.ignore(Waiter::stop);
        timer_.arm(kill_after_);
        waiter_.watch(Waiter::timer, timer_.fd());
    }

    void kill() {
        process_.signal_group(SIGKILL);
        stopped_by_ = StopSignal::kill;
        waiter_.ignore(Waiter::timer);
    }

    /// Takes what the pipes still hold.
    void drain() {
        waiter_.ignore(Waiter::exit);
        waiter_.ignore(Waiter::stop);
        timer_.arm(drain_time);
        waiter_.watch(Waiter::timer, timer_.fd());
        while (waiter_.is_watched(Waiter::out) || waiter_.is_watched(Waiter::err)) {
            waiter_.wait();
            pass_on_output();
            if (waiter_.is_ready(Waiter::timer)) break;
        }
        finish(Waiter::out, outputs_.out);
        finish(Waiter::err, outputs_.err);
    }

    void pass_on_output() {
        if (waiter_.is_ready(Waiter::out)) pass_on(Waiter::out, outputs_.out);
        if (waiter_.is_ready(Waiter::err)) pass_on(Waiter::err, outputs_.err);
    }

    void pass_on(Waiter::Slot slot, LineReader& reader) {
        const auto got = ::read(waiter_.fd(slot), buffer_.data(), buffer_.size());
        if (got > 0) {
            reader.feed({buffer_.data(), static_cast<std::size_t>(got)});
        } else if (got == 0 || (errno != EINTR && errno != EAGAIN)) {
            finish(slot, reader);
        }
    }

    void finish(Waiter::Slot slot, LineReader& reader) {
        if (!waiter_.is_watched(slot)) return;
        waiter_.ignore(slot);
        reader.finish();
    }

    Process& process_;
    const Outputs& outputs_;
    Duration kill_after_;
    StopSignal stopped_by_ = StopSignal::none;
    Waiter waiter_;
    TimerEvent timer_;
    std::vector<char> buffer_;
};

}  // namespace

Ended supervise(Process& process, const Outputs& outputs, const std::stop_token& stop,
                Duration kill_after) {
    return Supervisor{process, outputs, kill_after}.run(stop);
}

}  // namespace errand::handlers
