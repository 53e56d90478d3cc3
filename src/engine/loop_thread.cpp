#include "engine/loop_thread.hpp"

#include "engine/block_signals.hpp"
#include "engine/thread_name.hpp"

#include <algorithm>
#include <exception>
#include <string>
#include <utility>

namespace errand::engine {
namespace {

constexpr Duration log_pause = std::chrono::seconds{10};

}  // namespace

LoopThread::LoopThread(Loop& loop, const LoopServices& services, Options options)
    : loop_(loop), services_(services), options_(options) {
    const BlockSignals block;
    thread_ = std::jthread{[this](const std::stop_token& stop) { work(stop); }};
}

void LoopThread::request_stop() {
    thread_.request_stop();
    loop_.signal().notify();
    const std::lock_guard lock{pause_mutex_};
    if (waits_for_) services_.store.wake(*waits_for_);
}

void LoopThread::stop() {
    if (!thread_.joinable()) return;
    request_stop();
    thread_.join();
}

void LoopThread::work(const std::stop_token& stop) {
    name_this_thread(loop_.name());
    while (!stop.stop_requested()) {
        try {
            const auto next = loop_.run_once(services_.clock.now());
            failures_ = 0;
            wait(next, stop);
        } catch (const std::exception& error) {
            failed(error.what(), stop);
        }
    }
}

void LoopThread::wait(const NextRun& next, const std::stop_token& stop) {
    if (next.delay <= Duration::zero()) return;
    if (!next.channel) return loop_.signal().wait_for(next.delay);
    {
        // A stop that comes before this is seen here; one that comes later wakes the channel.
        const std::lock_guard lock{pause_mutex_};
        if (stop.stop_requested()) return;
        waits_for_ = next.channel;
    }
    services_.store.wait(*next.channel, next.seen, next.delay);
    const std::lock_guard lock{pause_mutex_};
    waits_for_.reset();
}

void LoopThread::failed(const char* what, const std::stop_token& stop) {
    Counters::add(services_.counters.store_errors, 1);
    const auto now = services_.clock.now();
    if (!logged_at_ || now < *logged_at_ || now - *logged_at_ >= log_pause) {
        std::string line = std::string{loop_.name()} + ": " + what + "; trying again";
        if (unlogged_ > 0) line += " (" + std::to_string(unlogged_) + " more since the last line)";
        services_.log(LogLevel::error, line);
        logged_at_ = now;
        unlogged_ = 0;
    } else {
        ++unlogged_;
    }
    const auto doublings = std::min<std::uint32_t>(failures_++, 20);
    const auto longest =
        std::min<Duration>(options_.shortest_pause * (1LL << doublings), options_.longest_pause);
    const auto jittered = longest * (0.5 + 0.5 * services_.random.unit());
    pause(std::chrono::duration_cast<Duration>(jittered), stop);
}

void LoopThread::pause(Duration length, const std::stop_token& stop) {
    std::unique_lock lock{pause_mutex_};
    pause_ended_.wait_for(lock, stop, length, [] { return false; });
}

}  // namespace errand::engine
