#pragma once

#include <errand/store/store.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>

namespace errand::sim {

/// A rule of Errand was broken; the message says which and where.
struct Violation : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// What holds besides the rules for every store and worker.
struct OracleRules {
    std::uint32_t crash_budget = 0;
    std::uint32_t places = 0;  ///< most jobs of a worker that began and are not settled
    bool calm = false;         ///< nothing happens for which a started job could lose its lease
};

/// Follows every job by what was asked for and answered, without looking into the store, and
/// throws Violation at the first answer that breaks an invariant (ids as in the conformance notes:
/// I1 no lost job, I2 none from nowhere, I3 one end, I4 one lease at a time, I5 fencing, I7 counted
/// attempts, I8 not early, I10 limits, I11 unique, I13 cancel, I15 liveness, I16 conservation, I17
/// explained repetition). Calls about the store come in the order in which the store applied them.
class Oracle {
public:
    explicit Oracle(const OracleRules& rules) : rules_(rules) {}

    // What the store did; `now` is its time at that moment.

    void saw(Timestamp now) { latest_ = std::max(latest_, now); }
    void inserted(const NewJob& job, const InsertResult& result, Timestamp now);
    void claimed(const Lease& lease, WorkerId worker);
    void taken_over(const TakenLease& taken, WorkerId worker, Timestamp now);
    void settled(const Settlement& item, SettleResult result, Timestamp now);
    void beaten(const Heartbeat& item, HeartbeatResult result, Timestamp now);
    void cancelled(const JobId& id, ControlResult result, Timestamp now);
    void retried(const JobId& id, ControlResult result, Timestamp now);
    void removed(const JobId& id, ControlResult result);
    void paused(const std::string& queue, bool paused);
    void marked(const LeaseRef& lease, RunMark mark);
    void died(WorkerId worker) { dead_.insert(worker); }

    // What the others saw.

    void acknowledged(const JobId& id) { acknowledged_.insert(id); }
    void started(const JobId& id, std::uint64_t lease_seq);

    /// The last look, when all faults are healed and nothing moves any more.
    void audit(Store& store, Duration retention);

    /// The first violation, also when user-code rules swallowed the exception; empty: none.
    [[nodiscard]] const std::string& violation() const noexcept { return violation_; }
    [[nodiscard]] std::uint64_t jobs() const noexcept { return tales_.size(); }
    [[nodiscard]] std::uint64_t transitions() const noexcept { return transitions_; }
    /// Jobs that have not ended.
    [[nodiscard]] std::uint64_t living() const noexcept { return living_; }
    /// The present lease number of a job, and the attempt that a lease of it stood for; 0: none.
    [[nodiscard]] std::uint64_t lease_seq(const JobId& id) const;
    [[nodiscard]] std::uint32_t attempt_of(const JobId& id, std::uint64_t lease_seq) const;
    [[nodiscard]] bool ended(const JobId& id) const;
    [[nodiscard]] bool is_paused(const std::string& queue) const { return paused_.contains(queue); }

private:
    enum class Stage : std::uint8_t { waiting, active, ended, removed };
    struct Tale {
        Stage stage = Stage::waiting;
        std::string queue;
        std::string unique_key;
        std::uint32_t max_attempts = 0;
        Timestamp due{};
        std::uint64_t lease_seq = 0;
        std::uint32_t attempt = 0;
        std::uint32_t crashes = 0;
        WorkerId holder{};
        Timestamp lease_until{};
        RunMark mark = RunMark::claimed;
        bool begun = false;  ///< under the present lease
        bool cancel_requested = false;
        Timestamp ended_at{};
        std::set<std::uint64_t> started;
        std::map<std::uint64_t, std::uint32_t> attempts;  ///< by lease_seq
    };

    Tale& tale(const JobId& id, std::string_view doing);
    void expect(bool holds, std::string_view rule, const JobId& id, std::string_view what);
    [[noreturn]] void violated(std::string what);
    void let_go(Tale& tale);
    void enter(Tale& tale, const JobId& id, Stage stage, Timestamp now);
    void check_end(const Tale& tale, const Settlement& item);

    const OracleRules rules_;
    std::map<JobId, Tale> tales_;
    std::map<std::string, JobId> unique_;  ///< living holders
    std::set<JobId> acknowledged_;
    std::set<std::string> paused_;
    std::set<WorkerId> dead_;
    std::map<WorkerId, std::uint32_t> begun_;  ///< jobs that began and are not settled
    Timestamp latest_{};                       ///< the store's clock at its furthest
    std::string violation_;
    std::uint64_t living_ = 0;
    std::uint64_t transitions_ = 0;
};

}  // namespace errand::sim
