#pragma once

#include "simulation/time/scheduler.hpp"

#include <errand/time.hpp>

#include <cstdint>

namespace errand::sim {

/// The clock of a simulated machine or store: virtual time with an error of its own, which may jump
/// and grow.
class SimClock final : public Clock {
public:
    explicit SimClock(const Scheduler& scheduler)
        : scheduler_(scheduler), since_(scheduler.now()), shown_(scheduler.now()) {}

    [[nodiscard]] Timestamp now() const override {
        const auto elapsed = (scheduler_.now() - since_).count();
        return shown_ + Duration{elapsed + elapsed * drift_ppm_ / 1'000'000};
    }
    void step(Duration by) { shown_ += by; }
    /// How much too fast it runs from now on, in millionths.
    void set_drift(std::int64_t ppm) {
        shown_ = now();
        since_ = scheduler_.now();
        drift_ppm_ = ppm;
    }
    /// How long a wait of `shown` by this clock really takes.
    [[nodiscard]] Duration true_length(Duration shown) const {
        return shown - shown * drift_ppm_ / 1'000'000;
    }

private:
    const Scheduler& scheduler_;
    Timestamp since_;
    Timestamp shown_;
    std::int64_t drift_ppm_ = 0;
};

}  // namespace errand::sim
