#pragma once

#include "engine/loop.hpp"
#include "engine/queue_line.hpp"
#include "engine/runner_services.hpp"

#include <vector>

namespace errand::engine {

/// Runs handlers of one queue on one thread, and decides what their outcomes mean.
class Runner final : public Loop {
public:
    Runner(QueueLine& line, const RunnerServices& services);

    [[nodiscard]] std::string_view name() const noexcept override { return "runner"; }
    /// Runs what it takes from the line: one job, or several while they are very short. With
    /// nothing to run it asks to be called when the line has something (ReadyQueue::wait).
    NextRun run_once(Timestamp now) override;

private:
    /// False: the job did not begin, as it was given back or has expired.
    bool run(const Ticket& ticket);
    [[nodiscard]] Outcome perform_in_hooks(Execution& execution);
    [[nodiscard]] std::size_t batch_size() const;

    QueueLine& line_;
    const RunnerServices& services_;
    std::vector<Ticket> batch_;
    std::vector<AfterPerform> after_;
};

}  // namespace errand::engine
