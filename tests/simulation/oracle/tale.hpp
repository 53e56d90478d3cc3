#pragma once

#include "simulation/oracle/places.hpp"

#include <errand/context.hpp>
#include <errand/outcome.hpp>
#include <errand/store/types.hpp>
#include <errand/workflow.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace errand::sim {

/// One lease of a job, as it was given.
struct Claim {
    std::uint32_t attempt = 0;
    bool started = false;
};

/// How a handler came back, and what it had been told by then.
struct Returned {
    Outcome::Kind kind = Outcome::Kind::done;
    Duration delay{};
    std::string result;  ///< or the name of the signal that it waits for
    StopReason stop = StopReason::none;
};

/// How a job came to a rescuer.
struct TakenOver {
    RunMark mark = RunMark::unknown;
    bool worker_died = false;
};

/// What the oracle knows of one job, from calls and answers alone.
struct Tale {
    enum class Stage : std::uint8_t { waiting, active, ended, removed };

    NewJob asked;
    bool acknowledged = false;
    bool queues = false;               ///< made by a schedule with OverlapPolicy::queue, and then
    std::optional<JobId> waits_for{};  ///< the job that it had made before
    std::optional<WorkflowId> workflow{};
    Timestamp released_at{};  ///< virtual time at which the last of its parents had ended
    Stage stage = Stage::removed;
    /// As of the last change; a waiting job that is due may have become available meanwhile.
    JobState state = JobState::available;
    Timestamp due{};
    Timestamp waits_since{};  ///< virtual time of its last step into waiting

    // Its place: order.cpp, keys.cpp
    Standing standing;
    std::size_t lane = 0;          ///< Oracle::lanes_
    std::uint64_t waits_from = 0;  ///< number of the event that made it wait
    std::uint64_t ready_from = 0;  ///< of the event since which it certainly is available; 0: not
    bool exempt = false;           ///< its place or its turn is not known, so neither is judged
    bool displaced = false;        ///< it got another place, so it is exempt in each of its lives

    std::vector<Claim> claims;  ///< by lease_seq, from 1
    std::uint32_t attempt = 0;
    std::uint32_t crashes = 0;
    std::uint32_t interruptions = 0;
    std::uint32_t snoozes = 0;
    std::uint32_t starts = 0;  ///< under valid leases
    std::uint32_t errors = 0;

    // The present lease
    std::int64_t row = 0;
    WorkerId holder{};
    Timestamp claimed_at{};  ///< by the store's clock; a rescuer's lease goes on from there
    Timestamp lease_until{};
    RunMark mark = RunMark::claimed;
    bool begun = false;
    bool cancel_requested = false;
    std::optional<TakenOver> taken;
    std::optional<Returned> returned;

    Timestamp ended_at{};
    std::string result;
    std::optional<Progress> progress;
    std::map<std::string, std::string> effects{};  ///< by key: steps, waits, signals
    std::string awaits{};  ///< the signal that it waits for, if it was not promoted meanwhile

    [[nodiscard]] std::uint64_t lease_seq() const noexcept { return claims.size(); }
    [[nodiscard]] bool holds(std::uint64_t seq) const noexcept {
        return stage == Stage::active && seq == lease_seq();
    }
    /// A namesake that was inserted after this one's removal is another job.
    [[nodiscard]] bool holds(const LeaseRef& lease) const noexcept {
        return holds(lease.lease_seq) && (lease.row == 0 || lease.row == row);
    }
    [[nodiscard]] bool lives() const noexcept {
        return stage == Stage::waiting || stage == Stage::active;
    }
};

}  // namespace errand::sim
