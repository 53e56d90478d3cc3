#pragma once

#include "engine/handler_registry.hpp"
#include "engine/logger.hpp"

#include <memory>
#include <vector>

namespace errand::engine {

/// The performers of a worker between their start and their stop.
class StartedPerformers {
public:
    StartedPerformers() = default;
    /// Prepares all of them, then starts them. `log` outlives it. What they throw goes on after
    /// those that were prepared are stopped.
    StartedPerformers(const HandlerRegistry& registry, const Logger& log);
    StartedPerformers(StartedPerformers&&) noexcept = default;
    StartedPerformers& operator=(StartedPerformers&& other) noexcept;
    ~StartedPerformers() { stop(); }

    void stop() noexcept;

private:
    std::vector<std::shared_ptr<Performer>> started_;
};

}  // namespace errand::engine
