#include "simulation/oracle/oracle.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

// Looks at the whole: I1, I15, I16, I17, I18.

namespace errand::sim {

using namespace std::chrono_literals;

namespace {

/// From the end of a lease, or the death of its worker, until somebody has it: two rounds of a
/// rescuer with slow calls.
constexpr Duration rescue_bound = 2s;
/// How long a thread may have nothing to do while there is work for it. In peace a wake-up comes in
/// time; otherwise the claimer's safety poll of 1 s comes, with stretched timers and slow calls.
constexpr Duration idle_in_peace = 300ms;
constexpr Duration idle_otherwise = 2'500ms;

}  // namespace

void Oracle::sweep(Timestamp now, Duration quiet) {
    saw(now);
    for (const auto& [id, tale] : tales_) {
        if (tale.stage == Tale::Stage::active) expect_lease_in_time(id, tale, now);
        if (tale.stage == Tale::Stage::waiting) expect_nobody_idle(id, tale, now, quiet);
    }
    expect_ticks_in_time(now, quiet);
}

void Oracle::expect_lease_in_time(const JobId& id, const Tale& job, Timestamp now) {
    const Member& holder = member(job.holder);
    expect(now <= job.lease_until + rescue_bound, "I15", id, "nobody rescues its lost lease");
    expect(!holder.died || time_->now() <= holder.died_at + rules_.lease + rescue_bound, "I15", id,
           "nobody takes it over from its dead worker");
}

/// Somebody with a free thread takes an available job before long.
void Oracle::expect_nobody_idle(const JobId& id, const Tale& job, Timestamp now, Duration quiet) {
    const auto idle_bound = rules_.peaceful ? idle_in_peace : idle_otherwise;
    if (quiet <= idle_bound || now - job.due <= idle_bound) return;
    const auto since = may_begin_since(id, job);
    if (!since || time_->now() - *since <= idle_bound) return;
    const auto& queue = job.asked.queue;
    for (const auto& [worker, who] : members_) {
        if (!who.is_at_work()) continue;
        const WorkerLine* const line = who.line_of(queue);
        if (line == nullptr || !who.can.is_fit_for(job.asked)) continue;
        const auto threads = who.threads_of(queue);
        const bool free = line->held < threads;
        const bool long_free = time_->now() - line->freed_at > idle_bound;
        expect(!free || !long_free, "I15", id,
               "is available in {} for {} us, and worker {} has {} leases for {} threads", queue,
               (time_->now() - *since).count(), static_cast<std::int64_t>(worker), line->held,
               threads);
    }
}

/// Since when nothing but the lack of a thread has kept a job that is due from a worker; none:
/// something does, or may.
std::optional<Timestamp> Oracle::may_begin_since(const JobId& id, const Tale& job) const {
    if (job.exempt || pauses_.hold(job.asked)) return std::nullopt;
    auto since = std::max(job.waits_since, pauses_.free_since(job.asked));
    if (bounds_.any()) {
        const auto room = bounds_.room_since(job.asked, shown_);
        if (!room) return std::nullopt;
        since = std::max(since, *room);
    }
    if (turns_of(job) == 0) return since;
    const auto* const line = turns_.find(job.asked.queue, job.asked.key);
    if (line == nullptr || line->has_under_way(id)) return since;
    if (!line->next || line->next->id != id) return std::nullopt;
    return std::max(since, line->since.time);
}

void Oracle::audit(Store& store) {
    saw(store.now());
    std::map<JobState, std::uint64_t> counted;
    std::set<JobId> seen;
    std::string cursor;
    do {
        const auto page = store.list({}, 1'000, cursor);
        for (const Job& job : page.jobs) {
            showed(job);
            expect(is_end(job.state), "I15", job.id, "is still {} after all faults were healed",
                   to_string(job.state));
            expect(seen.insert(job.id).second, "I16", job.id, "is listed twice");
            ++counted[job.state];
        }
        cursor = page.next_cursor;
    } while (!cursor.empty());
    for (const auto& [id, tale] : tales_) {
        if (seen.contains(id) || is_gone(tale)) continue;
        broken(tale.acknowledged ? "I1, I18" : "I1", id,
               "is gone, and was neither removed nor pruned");
    }
    expect_counts_agree(store, counted);
    expect_no_leases(store);
    expect_nobody_blocked(store);
    expect_history(store);
    audit_workflows(store);
    expect_all_told();
    expect_checks_pass(store);
}

void Oracle::expect_counts_agree(Store& store, const std::map<JobState, std::uint64_t>& counted) {
    for (const auto& [state, count] : store.stats().states) {
        const auto found = counted.find(state);
        const auto listed = found == counted.end() ? 0 : found->second;
        if (listed == count) continue;
        violated(fmt::format("I16: stats() counts {} {} jobs, the list has {}", count,
                             to_string(state), listed));
    }
}

void Oracle::expect_no_leases(Store& store) {
    for (const auto& worker : store.workers()) {
        if (worker.leases == 0) continue;
        violated(fmt::format("I16: worker {} holds {} leases although no job is active",
                             worker.info.name, worker.leases));
    }
}

void Oracle::expect_nobody_blocked(Store& store) {
    for (const auto& key : store.blocked_keys(10)) {
        violated(fmt::format("I16: {} jobs of key {} are blocked although all have ended",
                             key.blocked, key.key));
    }
    showed(store.limits(), store.now());
}

void Oracle::expect_checks_pass(Store& store) {
    for (const auto& finding : store.check()) {
        if (!finding.ok) violated("I16: " + finding.what + ": " + finding.detail);
    }
}

void Oracle::check_empty(Store& store) {
    for (const auto& [state, count] : store.stats().states) {
        if (count == 0) continue;
        violated(fmt::format("I16: {} {} jobs are left after all were removed", count,
                             to_string(state)));
    }
    if (!store.stats().queues.empty()) violated("I16: a queue is left after all jobs were removed");
    std::size_t present = 0;
    for (const auto& [worker, who] : members_)
        present += !who.died && !who.retired;
    if (const auto listed = store.workers().size(); listed != present) {
        violated(fmt::format("I16: {} workers are listed, {} are there", listed, present));
    }
    expect_checks_pass(store);
}

}  // namespace errand::sim
