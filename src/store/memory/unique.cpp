#include "core/unique.hpp"
#include "store/checks.hpp"
#include "store/memory/memory_store.hpp"

#include <cassert>

// Unique keys: who holds one for how long, and what becomes of those who come too late.

namespace errand::memory {

namespace {

/// Only what never began is changed, and a handler gets no arguments that were meant for another.
bool may_be_changed(const Record& holder, const NewJob& by) {
    const Job& job = holder.job;
    const bool waits = job.state == JobState::scheduled || job.state == JobState::available;
    return waits && !job.started_at && job.type == by.type;
}

}  // namespace

void MemoryStore::hold_unique_key(Record& record) {
    const Job& job = record.job;
    const bool by_period = job.unique.hold == UniqueFor::period;
    UniqueKeys::Hold hold{record.seq, job.id};
    if (by_period) hold.until = job.created_at + job.unique.period;
    unique_.hold(job.unique_key, hold,
                 [&](std::uint64_t seq) { return jobs_.by_seq().contains(seq); });
    record.holds_unique = !by_period;
}

void MemoryStore::release_unique_key(Record& record) {
    if (!record.holds_unique) return;
    record.holds_unique = false;
    unique_.release(record.job.unique_key, record.seq);
}

bool MemoryStore::hold_unique_key_again(Record& record, Timestamp now) {
    const Job& job = record.job;
    // A period counts from the enqueue, so there is nothing to take again.
    if (job.unique_key.empty() || job.unique.hold == UniqueFor::period) return true;
    if (unique_.find(job.unique_key, now)) return false;
    hold_unique_key(record);
    return true;
}

void MemoryStore::erase(Record& record) {
    release_unique_key(record);
    if (!record.job.unique_key.empty()) unique_.forget(record.job.unique_key, record.seq);
    jobs_.erase(record);
}

InsertResult MemoryStore::suppress(const NewJob& job, const UniqueKeys::Hold& hold, Timestamp now) {
    unique_.count(job.unique_key, hold, now);
    Record* const holder = jobs_.find(hold.id);
    if (!holder || holder->seq != hold.seq) return {InsertResult::Kind::duplicate, hold.id};
    ++holder->job.suppressed;
    const OnConflict rule = job.unique.on_conflict;
    const bool changes = core::replaces_args(rule) || core::reschedules(rule);
    if (!changes || !may_be_changed(*holder, job)) {
        return {InsertResult::Kind::duplicate, holder->job.id};
    }
    if (core::replaces_args(rule)) {
        holder->job.args = job.args;
        holder->job.meta = job.meta;
        holder->job.tags = job.tags;
    }
    if (core::reschedules(rule)) {
        holder->job.expires_at = job.expires_at;
        reschedule(*holder, store::due_time(job, now), now);
    }
    return {InsertResult::Kind::replaced, holder->job.id};
}

void MemoryStore::reschedule(Record& record, Timestamp due, Timestamp now) {
    const JobState from = record.job.state;
    const JobState to = due > now ? JobState::scheduled : JobState::available;
    assert(from == to ||
           core::find_transition(
               from, to == JobState::scheduled ? core::JobEvent::postpone : core::JobEvent::due));
    Turn turn = Turn::none;  // who waits for a time without having begun has none
    if (to == JobState::available) turn = from == to ? record.turn : turn_in(to, record);
    const bool over = record.turn == Turn::held && turn != Turn::held;
    jobs_.reschedule(record, due, orders_.place_anew(record.job, record.place, due, record.seq), to,
                     turn);
    wake_for(record);
    if (over) admit_next(record.job.queue, record.job.key);
}

std::vector<SuppressedView> MemoryStore::suppressed(std::uint32_t max) {
    store::check_page_limit(max);
    const std::lock_guard lock{mutex_};
    return unique_.suppressed(max);
}

}  // namespace errand::memory
