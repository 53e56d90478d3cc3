#include "core/event_data.hpp"
#include "store/checks.hpp"
#include "store/memory/memory_store.hpp"

#include <algorithm>
#include <cassert>

// What happens to leases between claim and settlement, and to jobs that wait for their time.

namespace errand::memory {

std::vector<HeartbeatResult> MemoryStore::heartbeat(std::span<const Heartbeat> items) {
    store::check_heartbeats(items, sizes_);
    const std::lock_guard lock{mutex_};
    const Timestamp now = this->now();
    std::vector<HeartbeatResult> results;
    results.reserve(items.size());
    for (const Heartbeat& item : items)
        results.push_back(heartbeat_one(item, now));
    return results;
}

HeartbeatResult MemoryStore::heartbeat_one(const Heartbeat& item, Timestamp now) {
    Record* const record = leased(item.lease);
    if (!record) return HeartbeatResult::lease_lost;
    // A dead worker's last heartbeat must not hide its death.
    if (item.extend && workers_.get(record->holder).alive) {
        jobs_.set_lease_until(*record, now + *item.extend);
    }
    if (item.progress) note_progress(*record, *item.progress, now);
    if (item.log) keep_log(*record, *item.log, sizes_);
    return record->job.cancel_requested ? HeartbeatResult::cancel_requested : HeartbeatResult::ok;
}

void MemoryStore::note_progress(Record& record, const Progress& progress, Timestamp now) {
    record.job.progress = progress;
    if (!events_.wanted(EventKind::job_progress, record.job.id)) return;
    if (now - record.progress_told_at < core::progress_event_pause) return;
    record.progress_told_at = now;
    events_.note(core::progressed(core::event_job(record.job), progress), now);
}

std::vector<TakenLease> MemoryStore::take_over_expired(WorkerId worker, std::uint32_t max,
                                                       Duration lease) {
    store::check_length("lease", lease);
    const std::lock_guard lock{mutex_};
    const WorkerView& taker = workers_.member(worker);
    const Timestamp now = this->now();
    std::vector<Record*> lost;
    for (Record* const record : jobs_.leases()) {
        if (record->lease_until > now || lost.size() == max) break;
        lost.push_back(record);
    }
    std::vector<TakenLease> taken;
    for (Record* const record : lost)
        taken.push_back(take_over(*record, taker, lease, now));
    return taken;
}

TakenLease MemoryStore::take_over(Record& record, const WorkerView& taker, Duration length,
                                  Timestamp now) {
    const WorkerView loser = workers_.get(record.holder);
    workers_.add_lease(taker.id);
    workers_.drop_lease(record.holder);
    if (events_.wanted(EventKind::job_rescued, record.job.id)) {
        events_.note(core::rescued(core::event_job(record.job), loser.info.name, !loser.alive),
                     now);
    }
    ++record.job.lease_seq;
    record.holder = taker.id;
    record.job.worker = taker.info.name;
    jobs_.set_lease_until(record, now + length);
    return {make_lease(record, now), record.mark, !loser.alive, loser.info.name, loser.info.host};
}

Promotion MemoryStore::promote_due(std::uint32_t max) {
    const std::lock_guard lock{mutex_};
    const Timestamp now = this->now();
    Promotion promotion;
    if (limits_.open(now)) wake(WakeChannel::work);
    while (promotion.promoted < max && !jobs_.waiting().empty()) {
        Record& first = **jobs_.waiting().begin();
        if (first.due > now) break;
        assert(core::find_transition(first.job.state, core::JobEvent::due));
        move(first, JobState::available);
        ++promotion.promoted;
    }
    promotion.next_due = limits_.next_opening();
    if (!jobs_.waiting().empty()) {
        const Timestamp due = (*jobs_.waiting().begin())->due;
        promotion.next_due = std::min(promotion.next_due.value_or(due), due);
    }
    return promotion;
}

std::optional<std::string> MemoryStore::find_effect(const JobId& id, std::string_view key) {
    const std::lock_guard lock{mutex_};
    const Record* const record = jobs_.find(id);
    if (!record) return std::nullopt;
    const auto found = record->effects.find(std::string{key});
    if (found == record->effects.end()) return std::nullopt;
    return found->second;
}

bool MemoryStore::record_effect(const LeaseRef& lease, std::string_view key, std::string_view value,
                                EffectWrite write) {
    const std::lock_guard lock{mutex_};
    Record* const record = leased(lease);
    if (!record) return false;
    auto& kept = record->effects.try_emplace(std::string{key}, value).first->second;
    if (write == EffectWrite::replace) kept = value;
    return true;
}

}  // namespace errand::memory
