#pragma once

#include "simulation/time/chance.hpp"

#include <errand/time.hpp>

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace errand::sim {

/// What can go wrong, and what makes it harder to go right. Each seed turns every kind on or off:
/// all at once would hide what only some together can do.
enum class Fault : std::uint8_t {
    // Calls of the store
    refused,       ///< the store is away; nothing happened
    lost_answer,   ///< it happened, but the caller learns of an error
    busy,          ///< others hold the store for a while, now and then for too long
    hang,          ///< the call takes up to twice a lease
    slow_calls,    ///< calls take milliseconds
    crash_before,  ///< the process dies instead of calling
    crash_after,   ///< the process dies instead of hearing the answer
    stale_looks,   ///< looking gives an earlier answer
    // Processes
    kills,             ///< kill -9
    stops,             ///< SIGSTOP for 0.2 to 5 leases
    deploys,           ///< graceful stop of one process
    rollouts,          ///< all processes one by one, to a version with other handlers
    small_batches,     ///< a process whose limits make its batches tiny
    stretched_timers,  ///< a process whose loops wait up to twice as long as they want
    // Between processes and the store
    partitions,     ///< one process is cut off from the store
    clogs,          ///< all are cut off one by one, and come back in another order
    lost_wakes,     ///< a wake-up does not arrive
    late_wakes,     ///< it arrives up to 0.3 s late
    doubled_wakes,  ///< one more comes, for nothing
    // The store
    outages,     ///< away for everybody, for up to 2 leases
    disk_full,   ///< nothing can be written for a while
    power_cuts,  ///< all processes die, their marks are lost; durability=full
    lost_tails,  ///< the same with durability=process: what was not synced yet is lost as well
    // Clocks
    store_steps,     ///< the store's clock jumps by up to 5 s
    store_drift,     ///< and runs up to 5 % too fast or too slow
    process_clocks,  ///< processes with a clock that is up to a day off
    process_steps,   ///< which jumps by up to a day
    process_drift,   ///< and runs up to 5 % too fast or too slow
    // Handlers
    failures,  ///< do not succeed: fail, throw, retry_in, snooze, discard, cancel
    slow,      ///< take time
    deaf,      ///< do not look whether they should stop
    timeouts,  ///< jobs with a short timeout
    poison,    ///< take their process down
    // What jobs and operators ask for besides being done; see actors/operators.hpp
    keys,       ///< jobs that take turns
    expiry,     ///< jobs that are to begin soon or never
    limits,     ///< what runs at once and begins in a time is bounded
    orders,     ///< queues with aging, stacks, fair shares
    pauses,     ///< of scopes of every kind
    groups,     ///< workers whose queues share threads
    schedules,  ///< which tick every few seconds, and are paused, changed and backfilled
    breakers,   ///< limits that close after failures, and handlers that ask for a rest
    windows,    ///< limits that open and close at the edges of minutes
    labels,     ///< that jobs need, and not every worker has
    workflows,  ///< graphs of jobs, that grow, are cancelled and go on after failures
    steps,      ///< handlers with steps, sleeps and waits for signals
    events,     ///< somebody is told of every change
    count,
};
inline constexpr auto fault_count = static_cast<std::size_t>(Fault::count);

/// The most that a fault can do to a job.
enum class Harm : std::uint8_t {
    none,      ///< it takes longer
    attempts,  ///< it runs again, or is late
    leases,    ///< its worker loses the lease although the handler began
};

struct FaultKind {
    Fault fault;
    std::string_view name;
    double most;  ///< probability per call or job, or rate per second
    Harm harm;
};

inline constexpr std::array fault_kinds{
    FaultKind{Fault::refused, "refused", 0.05, Harm::attempts},
    FaultKind{Fault::lost_answer, "lost_answer", 0.05, Harm::attempts},
    FaultKind{Fault::busy, "busy", 0.05, Harm::attempts},
    FaultKind{Fault::hang, "hang", 0.002, Harm::leases},
    FaultKind{Fault::slow_calls, "slow_calls", 1, Harm::attempts},
    FaultKind{Fault::crash_before, "crash_before", 0.002, Harm::leases},
    FaultKind{Fault::crash_after, "crash_after", 0.002, Harm::leases},
    FaultKind{Fault::stale_looks, "stale_looks", 0.5, Harm::attempts},
    FaultKind{Fault::kills, "kills", 1, Harm::leases},
    FaultKind{Fault::stops, "stops", 1, Harm::leases},
    FaultKind{Fault::deploys, "deploys", 1, Harm::attempts},
    FaultKind{Fault::rollouts, "rollouts", 0.3, Harm::attempts},
    FaultKind{Fault::small_batches, "small_batches", 1, Harm::attempts},
    FaultKind{Fault::stretched_timers, "stretched_timers", 1, Harm::attempts},
    FaultKind{Fault::partitions, "partitions", 0.7, Harm::leases},
    FaultKind{Fault::clogs, "clogs", 0.1, Harm::leases},
    FaultKind{Fault::lost_wakes, "lost_wakes", 0.3, Harm::attempts},
    FaultKind{Fault::late_wakes, "late_wakes", 0.3, Harm::attempts},
    FaultKind{Fault::doubled_wakes, "doubled_wakes", 0.3, Harm::attempts},
    FaultKind{Fault::outages, "outages", 0.2, Harm::leases},
    FaultKind{Fault::disk_full, "disk_full", 0.2, Harm::leases},
    FaultKind{Fault::power_cuts, "power_cuts", 0.2, Harm::leases},
    FaultKind{Fault::lost_tails, "lost_tails", 0.2, Harm::leases},
    FaultKind{Fault::store_steps, "store_steps", 0.3, Harm::leases},
    FaultKind{Fault::store_drift, "store_drift", 1, Harm::attempts},
    FaultKind{Fault::process_clocks, "process_clocks", 1, Harm::attempts},
    FaultKind{Fault::process_steps, "process_steps", 0.7, Harm::attempts},
    FaultKind{Fault::process_drift, "process_drift", 1, Harm::attempts},
    FaultKind{Fault::failures, "failures", 0.5, Harm::attempts},
    FaultKind{Fault::slow, "slow", 0.3, Harm::none},
    FaultKind{Fault::deaf, "deaf", 0.5, Harm::none},
    FaultKind{Fault::timeouts, "timeouts", 0.3, Harm::attempts},
    FaultKind{Fault::poison, "poison", 0.05, Harm::leases},
    FaultKind{Fault::keys, "keys", 0.8, Harm::none},
    FaultKind{Fault::expiry, "expiry", 0.3, Harm::none},
    FaultKind{Fault::limits, "limits", 1, Harm::none},
    FaultKind{Fault::orders, "orders", 1, Harm::none},
    FaultKind{Fault::pauses, "pauses", 1, Harm::none},
    FaultKind{Fault::groups, "groups", 1, Harm::none},
    FaultKind{Fault::schedules, "schedules", 1, Harm::none},
    FaultKind{Fault::breakers, "breakers", 0.3, Harm::attempts},
    FaultKind{Fault::windows, "windows", 1, Harm::none},
    FaultKind{Fault::labels, "labels", 0.2, Harm::none},
    FaultKind{Fault::workflows, "workflows", 1, Harm::none},
    FaultKind{Fault::steps, "steps", 0.4, Harm::none},
    FaultKind{Fault::events, "events", 1, Harm::none},
};
static_assert(fault_kinds.size() == fault_count);

/// A set of kinds, for turning them off.
class FaultSet {
public:
    void add(Fault fault) { bits_.set(static_cast<std::size_t>(fault)); }
    void remove(Fault fault) { bits_.reset(static_cast<std::size_t>(fault)); }
    [[nodiscard]] bool has(Fault fault) const { return bits_[static_cast<std::size_t>(fault)]; }
    [[nodiscard]] FaultSet others() const {
        FaultSet set;
        set.bits_ = ~bits_;
        return set;
    }
    [[nodiscard]] std::size_t size() const { return bits_.count(); }
    /// "kills,stops"; empty for none.
    [[nodiscard]] std::string text() const;
    /// Also "none". Nothing: a name in `text` is unknown.
    [[nodiscard]] static std::optional<FaultSet> parse(std::string_view text);

private:
    std::bitset<fault_count> bits_;
};

/// How strong each kind is in one life.
class Faults {
public:
    [[nodiscard]] double operator[](Fault fault) const {
        return strength_[static_cast<std::size_t>(fault)];
    }
    /// Nothing happens for which a job that began could lose its lease.
    [[nodiscard]] bool calm() const noexcept { return worst_ < Harm::leases; }
    /// Nothing happens at all, except that handlers take time and work has to wait its turn.
    [[nodiscard]] bool peaceful() const noexcept { return worst_ == Harm::none; }
    [[nodiscard]] Duration longest_call() const noexcept {
        const bool slow = (*this)[Fault::slow_calls] > 0.5;
        return slow ? Duration{std::chrono::milliseconds{5}}
                    : Duration{std::chrono::microseconds{300}};
    }
    [[nodiscard]] bool active(Fault fault) const { return (*this)[fault] > 0; }

    /// Drawn; `off` does not change what is drawn for the others.
    [[nodiscard]] static Faults swarm(Chance& chance, const FaultSet& off);
    /// Nothing fails any more, and nothing is slow.
    [[nodiscard]] static Faults healed() { return {}; }

private:
    std::array<double, fault_count> strength_{};
    Harm worst_ = Harm::none;
};

}  // namespace errand::sim
