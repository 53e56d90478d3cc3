#pragma once

#include "base/random.hpp"
#include "engine/counters.hpp"
#include "engine/logger.hpp"
#include "engine/loop.hpp"

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <thread>

namespace errand::engine {

/// What the threads of all loops share.
struct LoopServices {
    JobPath& store;
    const Clock& clock;
    base::Random& random;
    Counters& counters;
    const Logger& log;
};

/// The shell that gives a loop its thread: calls run_once(), and waits in between as it says. When
/// the store fails the loop does not die: the error is counted and logged (not more often than
/// every 10 s), and the round repeated after a growing, jittered pause.
class LoopThread {
public:
    struct Options {
        Duration shortest_pause = std::chrono::milliseconds{50};
        Duration longest_pause = std::chrono::seconds{5};
    };
    /// Starts the thread. `loop` and `services` outlive it.
    LoopThread(Loop& loop, const LoopServices& services, Options options);
    ~LoopThread() { stop(); }
    LoopThread(const LoopThread&) = delete;
    LoopThread& operator=(const LoopThread&) = delete;

    /// Has the thread end after its present round. Does not wait.
    void request_stop();
    /// request_stop(), and waits for the end.
    void stop();

private:
    void work(const std::stop_token& stop);
    void wait(const NextRun& next, const std::stop_token& stop);
    void failed(const char* what, const std::stop_token& stop);
    void pause(Duration length, const std::stop_token& stop);

    Loop& loop_;
    const LoopServices& services_;
    const Options options_;
    // Of the thread.
    std::uint32_t failures_ = 0;  ///< in a row
    std::uint64_t unlogged_ = 0;
    std::optional<Timestamp> logged_at_;

    std::mutex pause_mutex_;
    std::condition_variable_any pause_ended_;
    std::optional<WakeChannel> waits_for_;  ///< under pause_mutex_
    std::jthread thread_;
};

}  // namespace errand::engine
