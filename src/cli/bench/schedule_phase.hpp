#pragma once

#include "cli/bench/interrupt.hpp"
#include "cli/bench/load.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace errand::cli::bench {

/// When the schedules of a measurement tick, each of them once a minute.
enum class TickSpread : std::uint8_t { even, at_once };

struct ScheduleTimes {
    /// From each tick of one minute to the start of its job's handler, one entry per schedule.
    std::vector<Clock::duration> lateness;
    double cores = 0;  ///< processor time of the whole process in that minute, of one core
};

/// `schedules` schedules and a worker in this process. Takes a minute or two: first they are
/// declared and armed. Fewer entries in `lateness` than schedules: ticks were lost. `note` is told
/// what goes on.
[[nodiscard]] ScheduleTimes measure_schedules(const std::shared_ptr<Store>& store,
                                              std::uint32_t schedules, std::uint32_t slots,
                                              TickSpread spread, const InterruptGuard& interrupt,
                                              const std::function<void(std::string)>& note);

}  // namespace errand::cli::bench
