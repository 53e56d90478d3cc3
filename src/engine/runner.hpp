#pragma once

#include "core/decide.hpp"
#include "engine/counters.hpp"
#include "engine/finished_list.hpp"
#include "engine/loop.hpp"
#include "engine/queue_line.hpp"

#include "base/random.hpp"

#include <errand/store/job_path.hpp>

#include <optional>
#include <vector>

namespace errand::engine {

/// What the runners of a worker share.
struct RunnerServices {
    JobPath& store;
    WorkerSession& session;
    const Clock& clock;
    base::Random& random;
    FinishedList& finished;
    Counters& counters;
    core::AttemptSite site;  ///< worker and host
};

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
    /// The settlement of a job that expired while it waited; none: it is to run.
    [[nodiscard]] std::optional<Settlement> expired(const Execution& execution);
    [[nodiscard]] Settlement decide(Execution& execution, Outcome outcome);
    [[nodiscard]] std::size_t batch_size() const;

    QueueLine& line_;
    const RunnerServices& services_;
    core::AttemptSite site_;
    std::vector<Ticket> batch_;
};

}  // namespace errand::engine
