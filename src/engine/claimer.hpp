#pragma once

#include "core/queue_dealer.hpp"
#include "engine/in_flight.hpp"
#include "engine/loop.hpp"

#include <errand/store/job_path.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace errand::engine {

/// Claims jobs for one line: as many as there are free places, in batches, of the queues that the
/// line's choice names. When the store had all that was asked for it waits for free places; when it
/// had less, for work. One claimer per line, so that it never has to wait for both at once.
class Claimer final : public Loop {
public:
    struct Options {
        WorkerId worker{};
        std::vector<std::string> types;   ///< that have handlers
        std::vector<std::string> labels;  ///< that the worker has
        Duration lease = std::chrono::seconds{15};
        Duration safety_poll = std::chrono::seconds{1};  ///< for a wake-up that a store lost
    };
    Claimer(JobPath& store, InFlight& in_flight, QueueLine& line, Options options);

    [[nodiscard]] std::string_view name() const noexcept override { return "claimer"; }
    NextRun run_once(Timestamp now) override;

private:
    void claim(std::uint32_t wanted, std::vector<Lease>& leases);

    JobPath& store_;
    InFlight& in_flight_;
    QueueLine& line_;
    Duration safety_poll_;
    core::QueueDealer dealer_;
    ClaimRequest request_;
};

}  // namespace errand::engine
