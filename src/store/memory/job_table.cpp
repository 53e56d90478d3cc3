#include "store/memory/job_table.hpp"

#include <fmt/format.h>

#include <cassert>
#include <utility>

namespace errand::memory {

Record* JobTable::find(const JobId& id) {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : found->second;
}

const Record* JobTable::find(const JobId& id) const {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : found->second;
}

Record* JobTable::find(const LeaseRef& lease) {
    Record* const record = find(lease.id);
    const bool reborn =
        record && lease.row != 0 && static_cast<std::uint64_t>(lease.row) != record->seq;
    return reborn ? nullptr : record;
}

Record& JobTable::add(Record record) {
    assert(!find(record.job.id));
    record.seq = ++last_seq_;
    Record& kept = jobs_.emplace_hint(jobs_.end(), last_seq_, std::move(record))->second;
    by_id_.emplace(kept.job.id, &kept);
    enter(kept);
    return kept;
}

void JobTable::move(Record& record, JobState to, Turn turn) {
    leave(record);
    record.job.state = to;
    record.turn = turn;
    enter(record);
}

void JobTable::reschedule(Record& record, Timestamp due, const core::Place& place, JobState to,
                          Turn turn) {
    leave(record);
    record.first_due = record.due = due;
    record.place = place;
    record.job.state = to;
    record.turn = turn;
    enter(record);
}

void JobTable::set_lease_until(Record& record, Timestamp until) {
    assert(record.job.state == JobState::active);
    leases_.erase(&record);
    record.lease_until = until;
    leases_.insert(&record);
}

void JobTable::erase(Record& record) {
    leave(record);
    by_id_.erase(record.job.id);
    jobs_.erase(record.seq);
}

void JobTable::tell_apart(const std::string& key, bool apart) {
    if (keys_apart_.contains(key) == apart) return;
    std::vector<Record*> concerned;
    for (auto& [seq, record] : jobs_) {
        if (record.job.key == key && may_be_claimed(record)) concerned.push_back(&record);
    }
    for (Record* const record : concerned)
        leave_lane(*record);
    if (apart)
        keys_apart_.insert(key);
    else
        keys_apart_.erase(key);
    for (Record* const record : concerned)
        enter_lane(*record);
}

std::vector<JobTable::Lane> JobTable::lanes(std::string_view queue, std::string_view type) const {
    std::vector<Lane> found;
    static const std::vector<std::string> nothing;
    const LaneView first{queue, type, {}, nothing};
    for (auto lane = lanes_.lower_bound(first); lane != lanes_.end(); ++lane) {
        const auto& [its_queue, its_type, key, needs] = lane->first;
        if (its_queue != queue || its_type != type) break;
        found.push_back({key, needs, &lane->second});
    }
    return found;
}

JobTable::LaneView JobTable::lane_of(const Record& record) const {
    const Job& job = record.job;
    const bool apart = !keys_apart_.empty() && keys_apart_.contains(job.key);
    return {job.queue, job.type, apart ? std::string_view{job.key} : std::string_view{}, job.needs};
}

void JobTable::enter_lane(Record& record) {
    const LaneView name = lane_of(record);
    auto lane = lanes_.find(name);
    if (lane == lanes_.end()) lane = lanes_.emplace(LaneName{name}, Candidates{}).first;
    lane->second.insert(&record);
}

void JobTable::leave_lane(Record& record) {
    const auto lane = lanes_.find(lane_of(record));
    lane->second.erase(&record);
    if (lane->second.empty()) lanes_.erase(lane);
}

void JobTable::enter(Record& record) {
    Job& job = record.job;
    assert(record.turn != Turn::blocked || job.state == JobState::available);
    assert(record.turn == Turn::none || !is_end(job.state));
    job.blocked = record.turn == Turn::blocked;
    job.scheduled_at = is_waiting(job.state) ? record.due : record.first_due;
    if (may_be_claimed(record)) enter_lane(record);
    if (is_waiting(job.state)) waiting_.insert(&record);
    if (job.state == JobState::active) leases_.insert(&record);
    keys_.enter(record);
}

void JobTable::leave(Record& record) {
    const Job& job = record.job;
    if (may_be_claimed(record)) leave_lane(record);
    if (is_waiting(job.state)) waiting_.erase(&record);
    if (job.state == JobState::active) leases_.erase(&record);
    keys_.leave(record);
}

namespace {

/// Of how many jobs an index should know.
struct Counts {
    std::size_t claimable = 0, waiting = 0, active = 0, holders = 0, blocked = 0;
    std::size_t ids = 0;
    bool operator==(const Counts&) const = default;
};

std::string text_of(const Counts& counts) {
    return fmt::format("claimable {}, waiting {}, active {}, turns {}, blocked {}, ids {}",
                       counts.claimable, counts.waiting, counts.active, counts.holders,
                       counts.blocked, counts.ids);
}

}  // namespace

std::string JobTable::disagreement() const {
    Counts jobs;
    for (const auto& [seq, record] : jobs_) {
        jobs.claimable += may_be_claimed(record);
        jobs.waiting += is_waiting(record.job.state);
        jobs.active += record.job.state == JobState::active;
        jobs.holders += record.turn == Turn::held;
        jobs.blocked += record.turn == Turn::blocked;
    }
    jobs.ids = jobs_.size();
    Counts indexes;
    for (const auto& [name, lane] : lanes_)
        indexes.claimable += lane.size();
    for (const auto& [name, line] : keys_.all()) {
        indexes.holders += line.holders.size();
        indexes.blocked += line.blocked.size();
    }
    indexes.waiting = waiting_.size();
    indexes.active = leases_.size();
    indexes.ids = by_id_.size();
    if (jobs == indexes) return {};
    return fmt::format("indexes and jobs differ: {} are there, {} are known", text_of(jobs),
                       text_of(indexes));
}

}  // namespace errand::memory
