#pragma once

#include "core/decide.hpp"
#include "engine/counters.hpp"
#include "engine/finished_list.hpp"
#include "engine/in_flight.hpp"
#include "engine/logger.hpp"
#include "engine/loop.hpp"

#include <errand/store/job_path.hpp>

#include <vector>

namespace errand::engine {

/// Watches over all held leases: renews them, carries progress and logs, and asks handlers to stop
/// when they take too long, are cancelled or have lost their lease. Gives back what was prefetched
/// and does not get to run. Runs no user code, so that no handler can delay it.
class LeaseKeeper final : public Loop {
public:
    struct Options {
        Duration lease = std::chrono::seconds{15};
        Duration period = std::chrono::milliseconds{250};
        Duration look_every = std::chrono::seconds{1};      ///< for cancels whose wake-up was lost
        Duration log_every = std::chrono::seconds{1};       ///< how often a growing log is saved
        Duration queued_at_most = std::chrono::seconds{1};  ///< then given back
        Duration stuck_after = std::chrono::seconds{5};     ///< beyond the time-out
        std::size_t batch = 10'000;
        core::AttemptSite site;
    };
    LeaseKeeper(JobPath& store, InFlight& in_flight, FinishedList& finished, Counters& counters,
                const Logger& log, Options options);

    [[nodiscard]] std::string_view name() const noexcept override { return "lease keeper"; }
    NextRun run_once(Timestamp now) override;

private:
    struct Round {
        Timestamp now;
        std::uint32_t control;  ///< generation of WakeChannel::control before the round
        Timestamp next;         ///< when the next round is wanted
        std::uint32_t stuck = 0;
    };

    void look_at(Execution& execution, Round& round);
    void check_deadline(Execution& execution, Round& round);
    [[nodiscard]] bool give_back_if_old(Execution& execution, const Round& round);
    void add_heartbeat(Execution& execution, const Round& round);
    void send(const Round& round);
    void keep_unsaved(std::size_t from);
    void apply(const Ticket& ticket, const Heartbeat& sent, HeartbeatResult result,
               const Round& round);
    void lost(Execution& execution);
    void cancelled(Execution& execution, const Round& round);
    void end_queued(Execution& execution, Settlement settlement);

    JobPath& store_;
    InFlight& in_flight_;
    FinishedList& finished_;
    Counters& counters_;
    const Logger& log_;
    const Options options_;
    std::vector<Ticket> tickets_;  ///< of the heartbeats, in their order
    std::vector<Heartbeat> heartbeats_;
};

}  // namespace errand::engine
