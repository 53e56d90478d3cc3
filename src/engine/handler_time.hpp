#pragma once

#include <errand/time.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>

namespace errand::engine {

/// Moving average of how long the handlers of a queue take. Any thread; a lost update does no harm.
class HandlerTime {
public:
    /// `count` jobs took `elapsed` together.
    void add(Duration elapsed, std::size_t count) noexcept {
        if (count == 0) return;
        const auto sample = std::max(0.0, as_ns(elapsed) / static_cast<double>(count));
        const auto old = average_ns_.load(std::memory_order_relaxed);
        average_ns_.store(old < 0 ? sample : old + (sample - old) * weight,
                          std::memory_order_relaxed);
    }
    /// A job waited for `waited` behind others that did not return: they take at least that long.
    void add_stall(Duration waited) noexcept {
        const auto old = average_ns_.load(std::memory_order_relaxed);
        average_ns_.store(std::max(old, as_ns(waited)), std::memory_order_relaxed);
    }
    [[nodiscard]] bool known() const noexcept {
        return average_ns_.load(std::memory_order_relaxed) >= 0;
    }
    [[nodiscard]] double nanoseconds() const noexcept {
        return std::max(0.0, average_ns_.load(std::memory_order_relaxed));
    }
    /// How many jobs one thread performs within `time`: 0 to 1,000,000, also fractions.
    [[nodiscard]] double jobs_within(Duration time) const noexcept {
        return std::clamp(as_ns(time) / std::max(1.0, nanoseconds()), 0.0, 1e6);
    }

private:
    static constexpr double weight = 0.2;

    static double as_ns(Duration time) noexcept {
        return static_cast<double>(std::chrono::nanoseconds{time}.count());
    }

    std::atomic<double> average_ns_{-1.0};
};

}  // namespace errand::engine
