#pragma once

#include "base/failpoint_plan.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <string>

namespace errand::base {

/// Carries out a plan. Thread-safe.
class Failpoints {
public:
    struct Options {
        FailpointPlan plan{};
        std::uint64_t seed = 0;
        std::string log_path{};  ///< empty: nothing is logged
    };
    /// Throws Error (invalid_argument) when the log cannot be opened.
    explicit Failpoints(Options options);
    ~Failpoints();
    Failpoints(const Failpoints&) = delete;
    Failpoints& operator=(const Failpoints&) = delete;

    /// One hit of a place. The log gets one line "reached NAME PID" at the first hit and
    /// "fired NAME ACTION PID TIME" before each action, TIME in microseconds of CLOCK_MONOTONIC:
    /// one write() each, so that a killed process is counted as well.
    void hit(std::size_t place);

private:
    void act(std::size_t place, const FailpointRule& rule) const;
    void log(const std::string& line) const noexcept;

    Options options_;
    int log_ = -1;
    std::array<std::atomic<std::uint64_t>, failpoint_places.size()> hits_{};
};

}  // namespace errand::base
