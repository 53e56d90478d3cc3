#pragma once

#include <errand/time.hpp>

#include <atomic>

namespace errand::test {

/// A clock that stands still until it is moved. Thread-safe.
class ManualClock final : public Clock {
public:
    [[nodiscard]] Timestamp now() const override { return now_.load(); }
    void advance(Duration by) { now_.store(now_.load() + by); }

private:
    std::atomic<Timestamp> now_{Timestamp{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}}};
};

}  // namespace errand::test
