#include "simulation/oracle.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace errand::sim {

void Oracle::expect(bool holds, std::string_view rule, const JobId& id, std::string_view what) {
    if (!holds) violated(fmt::format("{}: job {}: {}", rule, to_string(id), what));
}

void Oracle::violated(std::string what) {
    if (violation_.empty()) violation_ = what;
    throw Violation(what);
}

Oracle::Tale& Oracle::tale(const JobId& id, std::string_view doing) {
    const auto found = tales_.find(id);
    expect(found != tales_.end(), "I2", id, fmt::format("{}, but nobody inserted it", doing));
    ++transitions_;
    return found->second;
}

/// The holder's lease is over.
void Oracle::let_go(Tale& tale) {
    if (std::exchange(tale.begun, false)) --begun_[tale.holder];
}

void Oracle::enter(Tale& tale, const JobId& id, Stage stage, Timestamp now) {
    let_go(tale);
    const bool lived = tale.stage == Stage::waiting || tale.stage == Stage::active;
    const bool lives = stage == Stage::waiting || stage == Stage::active;
    if (lived && !lives) {
        --living_;
        if (!tale.unique_key.empty()) unique_.erase(tale.unique_key);
    }
    if (!lived && lives) {
        ++living_;
        if (!tale.unique_key.empty()) {
            const bool free = unique_.emplace(tale.unique_key, id).second;
            expect(free, "I11", id, "lives beside another job of its unique key");
        }
    }
    if (stage == Stage::ended) tale.ended_at = now;
    if (stage != Stage::active) tale.cancel_requested = false;
    tale.stage = stage;
}

void Oracle::inserted(const NewJob& job, const InsertResult& result, Timestamp now) {
    saw(now);
    ++transitions_;
    if (result.kind == InsertResult::Kind::already_there) {
        expect(tales_.contains(job.id), "I2", job.id, "is said to be there already");
        return;
    }
    if (result.kind == InsertResult::Kind::duplicate) {
        const auto holder = unique_.find(job.unique_key);
        expect(holder != unique_.end() && holder->second == result.id, "I11", job.id,
               "was refused for a job that does not hold its key");
        return;
    }
    Tale fresh;
    fresh.stage = Stage::removed;
    fresh.queue = job.queue;
    fresh.unique_key = job.unique_key;
    fresh.max_attempts = job.max_attempts;
    fresh.due = job.run_at.value_or(now + job.delay);
    const auto [at, added] = tales_.try_emplace(job.id, std::move(fresh));
    expect(added, "I2", job.id, "was inserted twice");
    enter(at->second, job.id, Stage::waiting, now);
}

void Oracle::claimed(const Lease& lease, WorkerId worker) {
    const auto& id = lease.ref.id;
    Tale& job = tale(id, "claimed");
    saw(lease.claimed_at);
    expect(job.stage != Stage::active, "I4", id, "claimed while another lease was valid");
    expect(job.stage == Stage::waiting, "I3", id, "claimed after its end");
    expect(lease.ref.lease_seq == job.lease_seq + 1, "I5", id, "its lease_seq did not rise by one");
    expect(latest_ >= job.due, "I8", id, "claimed before it was due");
    expect(lease.attempt == job.attempt + 1, "I7", id, "its attempts were miscounted");
    expect(lease.attempt <= job.max_attempts, "I7", id, "claimed more often than it may be");
    expect(!paused_.contains(lease.queue), "pause", id, "claimed from a paused queue");
    job.lease_seq = lease.ref.lease_seq;
    job.attempt = lease.attempt;
    job.attempts[job.lease_seq] = job.attempt;
    job.holder = worker;
    job.lease_until = lease.lease_until;
    job.mark = RunMark::claimed;
    job.stage = Stage::active;
}

void Oracle::taken_over(const TakenLease& taken, WorkerId worker, Timestamp now) {
    saw(now);
    const auto& lease = taken.lease;
    const auto& id = lease.ref.id;
    Tale& job = tale(id, "taken over");
    expect(job.stage == Stage::active, "I4", id, "taken over although nobody had it");
    expect(now >= job.lease_until || dead_.contains(job.holder), "I4", id,
           "taken over from a living worker before its lease ran out");
    expect(lease.ref.lease_seq == job.lease_seq + 1, "I5", id, "its lease_seq did not rise by one");
    expect(taken.mark == job.mark, "I7", id,
           fmt::format("was at mark {}, but is said to have been at {}", static_cast<int>(job.mark),
                       static_cast<int>(taken.mark)));
    expect(!rules_.calm || job.mark == RunMark::claimed, "I17", id,
           "began, and lost its lease although nothing happened to its worker");
    let_go(job);
    job.lease_seq = lease.ref.lease_seq;
    job.attempts[job.lease_seq] = job.attempt;
    job.holder = worker;
    job.lease_until = lease.lease_until;
}

void Oracle::check_end(const Tale& job, const Settlement& item) {
    if (!item.counts_crash) return;
    const auto& id = item.lease.id;
    expect(job.mark == RunMark::started, "I7", id, "blamed for a crash that it did not see");
    const bool last = job.crashes + 1 >= rules_.crash_budget;
    expect(last == (item.to == JobState::discarded), "I7", id, "its crash budget was miscounted");
}

void Oracle::settled(const Settlement& item, SettleResult result, Timestamp now) {
    saw(now);
    const auto& id = item.lease.id;
    if (!tales_.contains(id)) {
        expect(result == SettleResult::lease_lost, "I2", id, "settled, but nobody inserted it");
        return;
    }
    Tale& job = tale(id, "settled");
    const bool newest = job.lease_seq == item.lease.lease_seq;
    const bool valid = job.stage == Stage::active && newest;
    const bool recorded = result == SettleResult::ok || result == SettleResult::recorded_cancel;
    expect(recorded || !valid, "I5", id, "its valid settlement was refused");
    if (!recorded) return;
    expect(valid, "I5", id, "a stale settlement was recorded");
    const bool cancelled =
        result == SettleResult::recorded_cancel || item.to == JobState::cancelled;
    expect(!job.cancel_requested || cancelled, "I13", id, "went on after an accepted cancel");
    expect(result == SettleResult::ok || job.cancel_requested, "I13", id,
           "cancelled without a request");
    check_end(job, item);
    const auto to = cancelled ? JobState::cancelled : item.to;
    if (!item.uses_attempt) --job.attempt;
    if (item.counts_crash) ++job.crashes;
    job.due = to == JobState::available ? Timestamp{} : now + item.delay;
    enter(job, id, is_end(to) ? Stage::ended : Stage::waiting, now);
}

void Oracle::beaten(const Heartbeat& item, HeartbeatResult result, Timestamp now) {
    const auto& id = item.lease.id;
    const auto found = tales_.find(id);
    if (found == tales_.end()) return;
    Tale& job = found->second;
    const bool valid = job.stage == Stage::active && job.lease_seq == item.lease.lease_seq;
    expect(valid == (result != HeartbeatResult::lease_lost), "I5", id,
           "a heartbeat was answered for another lease");
    if (!valid) return;
    expect(job.cancel_requested == (result == HeartbeatResult::cancel_requested), "I13", id,
           "a heartbeat does not tell of a cancel request");
    if (item.extend && !dead_.contains(job.holder)) job.lease_until = now + *item.extend;
}

void Oracle::cancelled(const JobId& id, ControlResult result, Timestamp now) {
    if (!tales_.contains(id)) return;
    Tale& job = tale(id, "cancelled");
    if (result == ControlResult::requested) {
        expect(job.stage == Stage::active, "I13", id, "a cancel was requested of nobody");
        job.cancel_requested = true;
    }
    if (result == ControlResult::done) {
        expect(job.stage != Stage::active, "I13", id, "cancelled at once while it was active");
        if (job.stage == Stage::waiting) enter(job, id, Stage::ended, now);
    }
}

void Oracle::retried(const JobId& id, ControlResult result, Timestamp now) {
    if (result != ControlResult::done) return;
    Tale& job = tale(id, "retried");
    expect(job.stage == Stage::waiting || job.stage == Stage::ended, "I3", id,
           "retried while it was active");
    job.due = {};
    if (job.stage == Stage::waiting) return;
    job.attempt = 0;
    job.crashes = 0;
    enter(job, id, Stage::waiting, now);
}

void Oracle::removed(const JobId& id, ControlResult result) {
    if (result != ControlResult::done) return;
    Tale& job = tale(id, "removed");
    expect(job.stage != Stage::active, "I1", id, "removed while it was active");
    enter(job, id, Stage::removed, {});
}

void Oracle::paused(const std::string& queue, bool paused) {
    if (paused) {
        paused_.insert(queue);
    } else {
        paused_.erase(queue);
    }
}

void Oracle::started(const JobId& id, std::uint64_t lease_seq) {
    Tale& job = tale(id, "started");
    expect(job.started.insert(lease_seq).second, "I17", id, "started twice under one lease");
    expect(job.attempts.contains(lease_seq), "I5", id, "started under a lease that nobody gave");
    const bool valid = job.stage == Stage::active && job.lease_seq == lease_seq;
    if (!valid) return;
    expect(job.mark == RunMark::started, "I7", id, "began without a mark that says so");
    job.begun = true;
    ++begun_[job.holder];
    expect(begun_[job.holder] <= rules_.places, "I10", id,
           "began although its worker has no place for it");
}

/// A stop may give a job up while its handler runs: then it never gets the last mark.
void Oracle::marked(const LeaseRef& lease, RunMark mark) {
    const auto found = tales_.find(lease.id);
    if (found == tales_.end()) return;
    Tale& job = found->second;
    if (job.stage == Stage::active && job.lease_seq == lease.lease_seq) job.mark = mark;
}

std::uint64_t Oracle::lease_seq(const JobId& id) const {
    const auto found = tales_.find(id);
    const bool active = found != tales_.end() && found->second.stage == Stage::active;
    return active ? found->second.lease_seq : 0;
}

std::uint32_t Oracle::attempt_of(const JobId& id, std::uint64_t lease_seq) const {
    const auto found = tales_.find(id);
    if (found == tales_.end()) return 0;
    const auto attempt = found->second.attempts.find(lease_seq);
    return attempt == found->second.attempts.end() ? 0 : attempt->second;
}

bool Oracle::ended(const JobId& id) const {
    const auto found = tales_.find(id);
    return found == tales_.end() || found->second.stage >= Stage::ended;
}

void Oracle::audit(Store& store, Duration retention) {
    saw(store.now());
    std::map<JobState, std::uint64_t> counted;
    std::set<JobId> seen;
    std::string cursor;
    do {
        const auto page = store.list({}, 1'000, cursor);
        for (const Job& job : page.jobs) {
            expect(tales_.contains(job.id), "I2", job.id, "is there, but nobody inserted it");
            const Tale& tale = tales_.at(job.id);
            expect(is_end(job.state) && tale.stage == Stage::ended, "I15", job.id,
                   fmt::format("is still {} after all faults were healed", to_string(job.state)));
            seen.insert(job.id);
            ++counted[job.state];
        }
        cursor = page.next_cursor;
    } while (!cursor.empty());
    for (const auto& [id, tale] : tales_) {
        if (seen.contains(id) || tale.stage == Stage::removed) continue;
        const bool pruned = tale.stage == Stage::ended && tale.ended_at + retention <= latest_;
        expect(pruned, "I1", id, "is gone, and was neither removed nor pruned");
    }
    for (const auto& id : acknowledged_)
        expect(tales_.contains(id), "I1", id, "was acknowledged and never inserted");
    for (const auto& [state, count] : store.stats().states) {
        if (counted[state] != count) {
            violated(fmt::format("I16: stats() counts {} {} jobs, the list has {}", count,
                                 to_string(state), counted[state]));
        }
    }
    for (const auto& worker : store.workers()) {
        if (worker.leases != 0) {
            violated(fmt::format("I16: worker {} holds {} leases although no job is active",
                                 worker.info.name, worker.leases));
        }
    }
}

}  // namespace errand::sim
