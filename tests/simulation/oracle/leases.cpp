#include "simulation/oracle/oracle.hpp"

#include <fmt/format.h>

#include <utility>

// Who has which job: I2, I4, I5, I7, I8, I10, I17.

namespace errand::sim {
namespace {

Situation situation_of(RunMark lost) {
    switch (lost) {
        case RunMark::claimed:
            return Situation::taken_over_unstarted;
        case RunMark::started:
            return Situation::taken_over_started;
        case RunMark::finished:
            return Situation::taken_over_finished;
        case RunMark::unknown:
            break;
    }
    return Situation::taken_over_unknown;
}

}  // namespace

void Oracle::joined(WorkerId worker, Abilities can) {
    Member fresh;
    fresh.lines.resize(can.lines.size(), {0, time_->now()});
    fresh.can = std::move(can);
    fresh.joined_at = time_->now();
    members_.insert_or_assign(worker, std::move(fresh));
}

void Oracle::retired(WorkerId worker) {
    Member& who = member(worker);
    if (rules_.calm && who.begun != 0) {
        violated(fmt::format("I17: worker {} left, and {} jobs that it began are not settled",
                             static_cast<std::int64_t>(worker), who.begun));
    }
    who.retired = true;
}

void Oracle::died(WorkerId worker) {
    const auto found = members_.find(worker);
    if (found == members_.end() || found->second.retired) return;
    found->second.died = true;
    found->second.died_at = time_->now();
}

void Oracle::power_was_cut() {
    for (auto& [id, job] : tales_) {
        if (job.stage == Tale::Stage::active) job.mark = RunMark::unknown;
    }
    for (auto& [worker, member] : members_) {
        if (member.retired || member.died) continue;
        member.died = true;
        member.died_at = time_->now();
    }
}

void Oracle::hold(Tale& job, WorkerId worker) {
    job.holder = worker;
    if (WorkerLine* const line = member(worker).line_of(job.asked.queue)) ++line->held;
}

/// The holder's lease is over. What a rescuer took has no place in its worker.
void Oracle::let_go(Tale& job) {
    if (std::exchange(job.begun, false)) --member(job.holder).begun;
    job.returned.reset();
    const bool held = job.stage == Tale::Stage::active && !job.taken;
    job.taken.reset();
    if (!held) return;
    if (WorkerLine* const line = member(job.holder).line_of(job.asked.queue)) {
        --line->held;
        line->freed_at = time_->now();
    }
}

/// A place is free again only when the settlement of its job is known. Claims whose answer was lost
/// have none.
void Oracle::expect_place(const Member& who, const JobId& id) {
    expect(who.running <= who.can.all_threads(), "I10", id, "its worker runs more than it may");
    expect(who.begun <= who.can.places, "I10", id,
           "its worker began {} unsettled jobs and has {} places", who.begun, who.can.places);
}

void Oracle::claimed(const Lease& lease, const ClaimRequest& request) {
    const auto& id = lease.ref.id;
    saw(lease.claimed_at);
    Tale& job = tale(id, "claimed");
    expect(job.stage != Tale::Stage::active, "I4", id, "claimed while another lease was valid");
    expect(job.stage == Tale::Stage::waiting, "I3", id, "claimed after its end");
    expect(lease.ref.lease_seq == job.lease_seq() + 1, "I5", id, "its lease_seq did not rise by 1");
    expect_parents_ended(job, id);
    expect(latest_ >= job.due, "I8", id, "claimed before it was due");
    expect(lease.attempt == job.attempt + 1, "I7", id, "its attempts were miscounted");
    expect(lease.attempt <= job.asked.max_attempts, "I7", id, "claimed more often than it may be");
    expect(lease.crashes == job.crashes && lease.interruptions == job.interruptions, "I7", id,
           "its crashes or interruptions were miscounted");
    expect(lease.lease_until == lease.claimed_at + request.lease, "I4", id,
           "its lease is not as long as was asked");
    expect(lease.in_workflow == job.workflow.has_value(), "I12", id,
           "is not told truly whether it belongs to a workflow");
    expect(!pauses_.hold(job.asked), "pause", id, "claimed although it is paused");
    expect(lease.queue == job.asked.queue && lease.type == job.asked.type &&
               lease.key == job.asked.key && lease.expires_at == job.asked.expires_at,
           "I2", id, "claimed with another queue, type, key or expiry");
    const Member& who = member(request.worker);
    expect(who.can.types.contains(lease.type), "types", id,
           "claimed by a worker that cannot perform it");
    expect(who.can.is_fit_for(job.asked), "labels", id,
           "claimed by a worker that has not the labels which it needs");
    if (!job.asked.needs.empty()) met(Situation::label_needed);
    expect(!who.retired && !who.died, "I4", id, "claimed by a worker that is gone");
    if (watches_) watched_.push_back(id);
    expect_in_order(job, id);
    expect_turn(job, id);
    expect_queued(job, id);
    places_.claimed(lease.queue, job.standing);
    enter(job, id, Tale::Stage::active, JobState::active);
    job.claimed_at = lease.claimed_at;
    lease_begins(job, id);
    job.row = lease.ref.row;
    job.attempt = lease.attempt;
    job.claims.push_back({job.attempt});
    job.lease_until = lease.lease_until;
    job.mark = RunMark::claimed;
    hold(job, request.worker);
    tell(id, EventKind::job_started);
    met(Situation::claim);
}

void Oracle::taken_over(const TakenLease& taken, WorkerId worker, Duration length, Timestamp now) {
    saw(now);
    const auto& lease = taken.lease;
    const auto& id = lease.ref.id;
    Tale& job = tale(id, "taken over");
    expect(job.stage == Tale::Stage::active, "I4", id, "taken over although nobody had it");
    const bool died = member(job.holder).died;
    expect(now >= job.lease_until || died, "I4", id,
           "taken over from a living worker before its lease ran out");
    expect(taken.worker_died == (died || member(job.holder).retired), "I4", id,
           "it is not told truly whether its worker is gone");
    expect(lease.ref.lease_seq == job.lease_seq() + 1, "I5", id, "its lease_seq did not rise by 1");
    expect(taken.mark == job.mark, "I7", id, "was at mark {}, but is said to have been at {}",
           static_cast<int>(job.mark), static_cast<int>(taken.mark));
    expect(!rules_.calm || job.mark == RunMark::claimed, "I17", id,
           "began, and lost its lease although nothing happened to its worker");
    expect(lease.attempt == job.attempt, "I7", id, "its attempts were miscounted");
    met(situation_of(taken.mark));
    tell(id, EventKind::job_rescued);
    if (!taken.worker_died) met(Situation::taken_over_from_the_living);
    if (job.taken) met(Situation::taken_over_from_a_rescuer);
    let_go(job);
    job.taken = TakenOver{taken.mark, taken.worker_died};
    job.claims.push_back({job.attempt});
    job.holder = worker;
    job.lease_until = now + length;
}

void Oracle::beaten(const Heartbeat& item, HeartbeatResult result, Timestamp now) {
    const auto& id = item.lease.id;
    Tale* const job = known(id);
    const bool valid = job != nullptr && job->holds(item.lease);
    expect(valid == (result != HeartbeatResult::lease_lost), "I5", id,
           "a heartbeat was answered for another lease");
    if (!valid) return met(Situation::beaten_too_late);
    expect(job->cancel_requested == (result == HeartbeatResult::cancel_requested), "I13", id,
           "a heartbeat does not tell of a cancel request");
    if (item.extend && !member(job->holder).died) job->lease_until = now + *item.extend;
    if (item.progress) job->progress = item.progress;
}

/// A stop may give a job up while its handler runs: then it never gets the last mark.
void Oracle::marked(const LeaseRef& lease, RunMark mark) {
    if (mark == RunMark::started) beginning_ = lease;
    Tale* const job = known(lease.id);
    if (job != nullptr && job->holds(lease)) job->mark = mark;
}

LeaseRef Oracle::started(const Context& context, WorkerId worker) {
    const auto& id = context.id();
    Tale& job = tale(id, "started");
    const LeaseRef lease = beginning_;  // the mark comes right before, and knows the row
    const auto seq = context.lease_seq();
    expect(lease.id == id && lease.lease_seq == seq, "I7", id, "began without a mark");
    expect(context.args() == job.asked.args && context.type() == job.asked.type &&
               context.queue() == job.asked.queue,
           "I2", id, "started with other arguments than were enqueued");
    Member& who = member(worker);
    ++who.running;
    expect_place(who, id);
    if (!job.holds(lease)) {
        started_too_late(job, lease);
        return lease;
    }
    start_counts(job, id, seq);
    expect(context.attempt() == job.attempt, "I7", id, "its handler is told another attempt");
    job.begun = true;
    ++who.begun;
    expect_place(who, id);
    return lease;
}

/// Its worker does not know yet that the lease is lost.
void Oracle::started_too_late(Tale& job, const LeaseRef& lease) {
    met(Situation::start_under_lost_lease);
    expect(!rules_.peaceful, "I17", lease.id, "began under a lost lease in peace");
    if (job.stage == Tale::Stage::removed || lease.row != job.row) return;  // of a namesake
    expect(lease.lease_seq >= 1 && lease.lease_seq <= job.lease_seq(), "I5", lease.id,
           "started under a lease that nobody gave");
    expect_first_start(job, lease.id, lease.lease_seq);
}

void Oracle::expect_first_start(Tale& job, const JobId& id, std::uint64_t seq) {
    Claim& claim = job.claims[seq - 1];
    expect(!claim.started, "I17", id, "started twice under one lease");
    claim.started = true;
}

void Oracle::start_counts(Tale& job, const JobId& id, std::uint64_t seq) {
    expect_first_start(job, id, seq);
    expect(job.mark == RunMark::started, "I7", id, "began without a mark that says so");
    ++job.starts;
    expect(job.starts <= job.attempt + job.crashes + job.snoozes + job.interruptions, "I7", id,
           "began more often than attempts, crashes, snoozes and interruptions explain");
}

void Oracle::returned(const LeaseRef& lease, WorkerId worker, Returned how) {
    --member(worker).running;
    Tale* const job = known(lease.id);
    if (job != nullptr && job->holds(lease)) job->returned = std::move(how);
}

}  // namespace errand::sim
