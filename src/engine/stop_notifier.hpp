#pragma once

#include "engine/loop.hpp"

#include <mutex>
#include <stop_token>
#include <vector>

namespace errand::engine {

/// Runs the stop callbacks of handlers: they are user code, and the thread that finds out that a
/// handler has to stop (the lease keeper) must not run any.
class StopNotifier final : public Loop {
public:
    [[nodiscard]] std::string_view name() const noexcept override { return "stop notifier"; }
    NextRun run_once(Timestamp now) override;

    /// Has `source` asked to stop soon. From any thread.
    void add(std::stop_source source);

private:
    std::mutex mutex_;
    std::vector<std::stop_source> waiting_;
};

}  // namespace errand::engine
