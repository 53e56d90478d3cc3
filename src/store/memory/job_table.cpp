#include "store/memory/job_table.hpp"

#include <fmt/format.h>

#include <cassert>

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

Record* JobTable::holder(const std::string& unique_key) {
    const auto found = unique_.find(unique_key);
    return found == unique_.end() ? nullptr : found->second;
}

Record& JobTable::add(Record record) {
    assert(!find(record.job.id));
    record.seq = ++last_seq_;
    Record& kept = jobs_.emplace_hint(jobs_.end(), last_seq_, std::move(record))->second;
    by_id_.emplace(kept.job.id, &kept);
    enter(kept);
    return kept;
}

void JobTable::move(Record& record, JobState to) {
    leave(record);
    record.job.state = to;
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

const JobTable::Turns* JobTable::available(const std::string& queue,
                                           const std::string& type) const {
    const auto found = available_.find({queue, type});
    return found == available_.end() ? nullptr : &found->second;
}

void JobTable::enter(Record& record) {
    Job& job = record.job;
    job.scheduled_at = is_waiting(job.state) ? record.due : record.place;
    if (job.state == JobState::available) available_[{job.queue, job.type}].insert(&record);
    if (is_waiting(job.state)) waiting_.insert(&record);
    if (job.state == JobState::active) leases_.insert(&record);
    if (!is_end(job.state) && !job.unique_key.empty()) {
        [[maybe_unused]] const bool fresh = unique_.emplace(job.unique_key, &record).second;
        assert(fresh);
    }
}

void JobTable::leave(Record& record) {
    const Job& job = record.job;
    if (job.state == JobState::available) {
        const auto lane = available_.find({job.queue, job.type});
        lane->second.erase(&record);
        if (lane->second.empty()) available_.erase(lane);
    }
    if (is_waiting(job.state)) waiting_.erase(&record);
    if (job.state == JobState::active) leases_.erase(&record);
    if (!is_end(job.state) && !job.unique_key.empty()) unique_.erase(job.unique_key);
}

std::string JobTable::disagreement() const {
    std::size_t available = 0;
    std::size_t waiting = 0;
    std::size_t active = 0;
    std::size_t keys = 0;
    for (const auto& [seq, record] : jobs_) {
        available += record.job.state == JobState::available;
        waiting += is_waiting(record.job.state);
        active += record.job.state == JobState::active;
        keys += !is_end(record.job.state) && !record.job.unique_key.empty();
    }
    std::size_t in_lanes = 0;
    for (const auto& [lane, turns] : available_)
        in_lanes += turns.size();
    const bool agree = available == in_lanes && waiting == waiting_.size() &&
                       active == leases_.size() && keys == unique_.size() &&
                       jobs_.size() == by_id_.size();
    if (agree) return {};
    return fmt::format(
        "indexes and jobs differ: available {}/{}, waiting {}/{}, active {}/{}, "
        "unique keys {}/{}, ids {}/{}",
        in_lanes, available, waiting_.size(), waiting, leases_.size(), active, unique_.size(), keys,
        by_id_.size(), jobs_.size());
}

}  // namespace errand::memory
