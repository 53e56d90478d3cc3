#pragma once

#include "store/memory/key_lines.hpp"
#include "store/memory/record.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace errand::memory {

/// The jobs with the indexes that follow from their states. Every change of state goes through
/// move(), so an index cannot be forgotten. Knows no rules of jobs. Not thread-safe.
class JobTable {
public:
    using Candidates = std::set<Record*, ByPlace>;
    using Waiting = std::set<Record*, ByDue>;
    using Leases = std::set<Record*, ByLeaseEnd>;
    using BySeq = std::map<std::uint64_t, Record>;

    /// Jobs that may be claimed, by the same workers, and that the same limits and pauses hold;
    /// never an empty set.
    struct Lane {
        std::string_view key;  ///< of all its jobs; empty: of no key that is told apart
        const std::vector<std::string>& needs;  ///< of all its jobs
        const Candidates* jobs;
    };

    /// Null: unknown.
    [[nodiscard]] Record* find(const JobId& id);
    [[nodiscard]] const Record* find(const JobId& id) const;
    /// The job that the lease was given for; null when it is gone, also when a namesake took its
    /// id.
    [[nodiscard]] Record* find(const LeaseRef& lease);

    /// The seq of the job that is added next.
    [[nodiscard]] std::uint64_t next_seq() const noexcept { return last_seq_ + 1; }
    /// Adds a job in the state and with the turn that it already names. Its id must be free.
    Record& add(Record record);
    /// Changes the state and the turn.
    void move(Record& record, JobState to, Turn turn);
    /// Gives a job that never began another due time and place as well.
    void reschedule(Record& record, Timestamp due, const core::Place& place, JobState to,
                    Turn turn);
    /// Changes the end of an active job's lease.
    void set_lease_until(Record& record, Timestamp until);
    void erase(Record& record);

    /// From now on jobs with `key` are in lanes of their own, or no longer.
    void tell_apart(const std::string& key, bool apart);
    [[nodiscard]] bool is_nothing_to_claim() const noexcept { return lanes_.empty(); }
    /// The lanes of one type in one queue.
    [[nodiscard]] std::vector<Lane> lanes(std::string_view queue, std::string_view type) const;
    [[nodiscard]] const Waiting& waiting() const noexcept { return waiting_; }
    [[nodiscard]] const Leases& leases() const noexcept { return leases_; }
    [[nodiscard]] const KeyLines& keys() const noexcept { return keys_; }
    [[nodiscard]] const BySeq& by_seq() const noexcept { return jobs_; }

    /// Recounts every index from the jobs. Empty: all agree; otherwise what does not.
    [[nodiscard]] std::string disagreement() const;

private:
    // queue, type, key, needs
    using LaneName = std::tuple<std::string, std::string, std::string, std::vector<std::string>>;
    using LaneView = std::tuple<std::string_view, std::string_view, std::string_view,
                                const std::vector<std::string>&>;

    void enter(Record& record);
    void leave(Record& record);
    void enter_lane(Record& record);
    void leave_lane(Record& record);
    [[nodiscard]] LaneView lane_of(const Record& record) const;

    BySeq jobs_;
    std::unordered_map<JobId, Record*> by_id_;
    std::map<LaneName, Candidates, std::less<>> lanes_;
    std::set<std::string, std::less<>> keys_apart_;
    Waiting waiting_;
    Leases leases_;
    KeyLines keys_;
    std::uint64_t last_seq_ = 0;
};

[[nodiscard]] constexpr bool is_waiting(JobState state) noexcept {
    return state == JobState::scheduled || state == JobState::retryable;
}

/// Available and not blocked.
[[nodiscard]] inline bool may_be_claimed(const Record& record) noexcept {
    return record.job.state == JobState::available && record.turn != Turn::blocked;
}

}  // namespace errand::memory
