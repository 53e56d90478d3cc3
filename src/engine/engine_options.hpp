#pragma once

#include "base/random.hpp"
#include "core/decide.hpp"

#include <errand/time.hpp>
#include <errand/worker.hpp>

#include <cstdint>

namespace errand::engine {

/// What the loops are built with: the worker's options, and the sources of time and chance that a
/// simulator replaces.
struct EngineOptions {
    WorkerOptions worker{};
    const Clock* clock = &system_clock();
    base::Random* random = &base::system_random();
};

/// Throws Error (invalid_argument) naming the field that is out of range.
void validate(const WorkerOptions& options);

/// Handlers that may run at once.
[[nodiscard]] std::uint32_t total_slots(const WorkerOptions& options) noexcept;

/// What decides about jobs of handlers without wishes of their own.
[[nodiscard]] core::DecideOptions decide_options(const WorkerOptions& options);

/// The queues for people: "mail:4 default:8".
[[nodiscard]] std::string describe_queues(const WorkerOptions& options);

}  // namespace errand::engine
