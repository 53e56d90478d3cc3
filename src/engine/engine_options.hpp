#pragma once

#include "base/random.hpp"
#include "core/decide.hpp"
#include "engine/handler_registry.hpp"

#include <errand/job_id.hpp>
#include <errand/time.hpp>
#include <errand/worker.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace errand::engine {

/// What the loops are built with: the worker's options, and the sources of time, chance and ids
/// that a simulator replaces.
struct EngineOptions {
    WorkerOptions worker{};
    const Clock* clock = &system_clock();
    base::Random* random = &base::system_random();
    std::function<JobId()> new_id = new_job_id;  ///< of jobs that schedules make
};

/// Throws Error (invalid_argument) naming the field that is out of range.
void validate(const WorkerOptions& options);

/// All queues that are served, by the threads that they share: each of `queues` for itself, then
/// `groups`.
[[nodiscard]] std::vector<QueueGroup> served_groups(const WorkerOptions& options);

/// Handlers that may run at once.
[[nodiscard]] std::uint32_t total_slots(const WorkerOptions& options);

/// The same of performers.
[[nodiscard]] std::uint32_t places_of(const HandlerRegistry& registry);

/// Throws Error (invalid_argument) when all places together are too many.
void validate_places(const WorkerOptions& options, const HandlerRegistry& registry);

/// What decides about jobs of handlers without wishes of their own.
[[nodiscard]] core::DecideOptions decide_options(const WorkerOptions& options);

/// The worker's labels, sorted, each once. Throws Error (invalid_argument) as validate() does.
[[nodiscard]] std::vector<std::string> sorted_labels(const WorkerOptions& options);

/// The queues for people: "mail:4 high*6,default*3:8".
[[nodiscard]] std::string describe_queues(const WorkerOptions& options);

}  // namespace errand::engine
