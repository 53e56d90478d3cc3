#pragma once

#include "store/memory/record.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace errand::memory {

/// The jobs with the indexes that follow from their states. Every change of state goes through
/// move(), so an index cannot be forgotten. Knows no rules of jobs but one: an unfinished job holds
/// its unique key. Not thread-safe.
class JobTable {
public:
    using Turns = std::set<Record*, ByTurn>;
    using Waiting = std::set<Record*, ByDue>;
    using Leases = std::set<Record*, ByLeaseEnd>;
    using BySeq = std::map<std::uint64_t, Record>;

    /// Null: unknown.
    [[nodiscard]] Record* find(const JobId& id);
    [[nodiscard]] const Record* find(const JobId& id) const;
    /// The job that the lease was given for; null when it is gone, also when a namesake took its
    /// id.
    [[nodiscard]] Record* find(const LeaseRef& lease);
    /// The unfinished job that holds the key; null: nobody does, or the key is empty.
    [[nodiscard]] Record* holder(const std::string& unique_key);

    /// Adds a job in the state that it already names. Its id and unique key must be free.
    Record& add(Record record);
    /// Changes the state; the unique key must be free where an ended job goes on.
    void move(Record& record, JobState to);
    /// Changes the end of an active job's lease.
    void set_lease_until(Record& record, Timestamp until);
    void erase(Record& record);

    /// The available jobs of one type in one queue, first to run first; null: there are none.
    [[nodiscard]] const Turns* available(const std::string& queue, const std::string& type) const;
    [[nodiscard]] const Waiting& waiting() const noexcept { return waiting_; }
    [[nodiscard]] const Leases& leases() const noexcept { return leases_; }
    [[nodiscard]] const BySeq& by_seq() const noexcept { return jobs_; }

    /// Recounts every index from the jobs. Empty: all agree; otherwise what does not.
    [[nodiscard]] std::string disagreement() const;

private:
    using Lane = std::pair<std::string, std::string>;  // queue, type

    void enter(Record& record);
    void leave(Record& record);

    BySeq jobs_;
    std::unordered_map<JobId, Record*> by_id_;
    std::unordered_map<std::string, Record*> unique_;
    std::map<Lane, Turns> available_;
    Waiting waiting_;
    Leases leases_;
    std::uint64_t last_seq_ = 0;
};

[[nodiscard]] constexpr bool is_waiting(JobState state) noexcept {
    return state == JobState::scheduled || state == JobState::retryable;
}

}  // namespace errand::memory
