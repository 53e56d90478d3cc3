#pragma once

#include "engine/loop.hpp"
#include "engine/queue_line.hpp"
#include "engine/runner_services.hpp"

#include <errand/performer.hpp>

#include <vector>

namespace errand::engine {

/// Hands the jobs of a line to the performer that the line belongs to.
class Dispatcher final : public Loop {
public:
    /// `line` has a performer.
    Dispatcher(QueueLine& line, const RunnerServices& services);

    [[nodiscard]] std::string_view name() const noexcept override;
    /// Hands over what is there, at most Performer::Places::at_once. Otherwise as a runner.
    NextRun run_once(Timestamp now) override;

private:
    QueueLine& line_;
    const RunnerServices& services_;
    std::vector<Ticket> tickets_;
};

}  // namespace errand::engine
