#pragma once

#include "engine/counters.hpp"
#include "engine/finished_list.hpp"
#include "engine/in_flight.hpp"
#include "engine/logger.hpp"
#include "engine/loop.hpp"

#include <errand/store/job_path.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace errand::engine {

/// Tells the store how attempts ended: everything that finished since the last round in one call.
/// While the store is away it keeps what it has and repeats it; places become free only when the
/// store has answered.
class Settler final : public Loop {
public:
    struct Options {
        std::size_t batch = 10'000;  ///< most settlements of one call
    };
    Settler(JobPath& store, InFlight& in_flight, FinishedList& finished, Counters& counters,
            const Logger& log, Options options);

    [[nodiscard]] std::string_view name() const noexcept override { return "settler"; }
    NextRun run_once(Timestamp now) override;

private:
    void gather();
    void save_progress();
    void settle_each();
    void finish(std::span<const SettleResult> results);
    void count(const Settlement& settlement, SettleResult result);

    JobPath& store_;
    InFlight& in_flight_;
    FinishedList& finished_;
    Counters& counters_;
    const Logger& log_;
    const Options options_;
    std::vector<Execution*> waiting_;  ///< finished, not in the present batch
    std::vector<Execution*> batch_;    ///< its settlements are items_, until the store has answered
    std::vector<Settlement> items_;
    std::vector<Heartbeat> progress_;  ///< last progress of the batch, until it is saved
};

}  // namespace errand::engine
