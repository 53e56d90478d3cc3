#pragma once

#include "base/unique_fd.hpp"
#include "engine/isolated/crash_report.hpp"
#include "engine/isolated/store_call.hpp"

#include <errand/performer.hpp>

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace errand::engine {

/// A job that was handed to an isolated process.
struct IsolatedJob {
    explicit IsolatedJob(Attempt&& job) : attempt(std::move(job)) {}

    Attempt attempt;
    std::uint64_t number = 0;  ///< of this handing-over
    bool stop = false;         ///< it was asked to stop
    unsigned handed_over = 0;  ///< times; its process may have died before it came to this job
    std::unique_ptr<StoreCall> call{};
    std::optional<std::stop_callback<std::function<void()>>> on_stop{};
};

/// One place for a process, and the process in it.
struct ProcessPlace {
    enum class State : std::uint8_t {
        empty,     ///< none was asked for, or none could be started
        ready,     ///< it takes jobs, also before it has begun to run
        retiring,  ///< it takes no more jobs and ends after those it has
    };
    using Clock = std::chrono::steady_clock;

    State state = State::empty;
    pid_t pid = 0;
    base::UniqueFd fd{};
    FrameBuffer received{};
    std::string to_send{};
    std::deque<std::unique_ptr<IsolatedJob>> jobs{};  ///< the first is the one that it is at
    std::uint64_t finished = 0;
    bool killed = false;  ///< by this worker
    std::optional<CrashReport> crash{};
    std::optional<Clock::time_point> kill_at{};
    std::optional<Clock::time_point> start_at{};  ///< when empty
};

}  // namespace errand::engine
