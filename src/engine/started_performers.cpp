#include "engine/started_performers.hpp"

#include <utility>

namespace errand::engine {

StartedPerformers::StartedPerformers(const HandlerRegistry& registry, const Logger& log) {
    try {
        for (const auto& performer : registry.performers()) {
            performer->prepare([&log](std::string_view line) { log(LogLevel::warning, line); });
            started_.push_back(performer);
        }
        for (const auto& performer : started_)
            performer->start();
    } catch (...) {
        stop();
        throw;
    }
}

StartedPerformers& StartedPerformers::operator=(StartedPerformers&& other) noexcept {
    if (this == &other) return *this;
    stop();
    started_ = std::exchange(other.started_, {});
    return *this;
}

void StartedPerformers::stop() noexcept {
    for (const auto& performer : started_)
        performer->stop();
    started_.clear();
}

}  // namespace errand::engine
