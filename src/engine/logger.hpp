#pragma once

#include <errand/worker.hpp>

#include <string_view>
#include <utility>

namespace errand::engine {

/// The worker's log sink; an empty or throwing sink does no harm.
class Logger {
public:
    explicit Logger(LogSink sink) : sink_(std::move(sink)) {}

    void operator()(LogLevel level, std::string_view line) const noexcept {
        if (!sink_) return;
        try {
            sink_(level, line);
        } catch (...) {
            // A log that cannot be written must not stop a loop, and there is nowhere to say so.
            return;
        }
    }

private:
    LogSink sink_;
};

}  // namespace errand::engine
