#include "simulation/oracle/oracle.hpp"

#include <utility>

// How jobs come into being and end by other hands than a worker's: I1, I2, I3, I11, I13.

namespace errand::sim {

void Oracle::enter(Tale& tale, const JobId& id, Tale::Stage stage, JobState state) {
    ++transitions_;
    let_go(tale);
    const bool lived = tale.lives();
    if (tale.stage == Tale::Stage::active) lease_ends(tale);
    const bool was_ready = std::exchange(tale.ready_from, 0) != 0;
    tale.stage = stage;
    tale.state = state;
    if (lived && !tale.lives()) {
        --living_;
        leave_line(tale, id, was_ready);
        unique_.ends(tale.asked, id);
        if (tale.workflow) {
            workflows_.ended(*tale.workflow, id, is_end(state) ? state : JobState::cancelled);
        }
    }
    if (!lived && tale.lives()) ++living_;
    if (stage == Tale::Stage::active) unique_.begins(tale.asked, id);
    if (stage == Tale::Stage::waiting) {
        tale.waits_since = time_->now();
        begin_to_wait(tale, id);
    }
    if (stage != Tale::Stage::active) tale.cancel_requested = false;
    tale.awaits.clear();
}

void Oracle::inserted(const NewJob& job, const InsertResult& result, Timestamp now) {
    saw(now);
    Tale* const old = known(job.id);
    if (result.kind == InsertResult::Kind::already_there) {
        expect(old != nullptr, "I2", job.id, "is said to be there already");
        met(Situation::insert_repeated);
        return;
    }
    using Kind = InsertResult::Kind;
    if (result.kind == Kind::duplicate || result.kind == Kind::replaced) {
        return refused(job, result, now);
    }
    expect(result.id == job.id, "I2", job.id, "was inserted under another id");
    begin_life(newborn(job, now), job.id, now);
}

Tale& Oracle::newborn(const NewJob& job, Timestamp now) {
    Tale* const old = known(job.id);
    // A job that is gone and inserted anew under its id is another job.
    expect(old == nullptr || is_gone(*old), "I2", job.id, "was inserted twice");
    if (old != nullptr) met(Situation::insert_of_namesake);
    expect(unique_.takes(job, job.id, now, latest_), "I11", job.id,
           "was let in while another job held its unique key");
    Tale& fresh = tales_[job.id];
    fresh = {};
    fresh.asked = job;
    fresh.due = std::max(now, job.run_at.value_or(now + job.delay));
    fresh.standing = places_.enter(job, fresh.due);
    fresh.lane = lane_of(job);
    tell(job.id, EventKind::job_enqueued);
    return fresh;
}

void Oracle::begin_life(Tale& fresh, const JobId& id, Timestamp now) {
    enter(fresh, id, Tale::Stage::waiting,
          fresh.due > now ? JobState::scheduled : JobState::available);
}

/// Removed, or so old that it may have been pruned.
bool Oracle::is_gone(const Tale& job) const {
    if (job.stage == Tale::Stage::removed) return true;
    return job.stage == Tale::Stage::ended && job.ended_at + rules_.retention <= latest_;
}

void Oracle::acknowledged(const JobId& id) {
    Tale* const job = known(id);
    expect(job != nullptr, "I1", id, "was acknowledged and never inserted");
    job->acknowledged = true;
}

void Oracle::cancelled(const JobId& id, ControlResult result, Timestamp now) {
    Tale* const job = known(id);
    if (job == nullptr || job->stage == Tale::Stage::removed) return;
    if (result == ControlResult::requested) {
        expect(job->stage == Tale::Stage::active, "I13", id, "a cancel was requested of nobody");
        job->cancel_requested = true;
        met(Situation::cancelled_active);
    }
    if (result == ControlResult::done) {
        expect(job->stage != Tale::Stage::active, "I13", id, "cancelled at once while active");
        if (job->stage != Tale::Stage::waiting) return;
        job->ended_at = now;
        met(Situation::cancelled_waiting);
        tell(id, EventKind::job_cancelled);
        enter(*job, id, Tale::Stage::ended, JobState::cancelled);
    }
    if (result == ControlResult::refused) {
        expect(job->stage == Tale::Stage::ended, "I13", id,
               "its cancel was refused while it lived");
    }
}

void Oracle::retried(const JobId& id, ControlResult result) {
    if (result != ControlResult::done) return;
    Tale& job = tale(id, "retried");
    expect(job.stage == Tale::Stage::waiting || job.stage == Tale::Stage::ended, "I3", id,
           "retried while it was active");
    const bool ended = job.stage == Tale::Stage::ended;
    expect(ended || job.state != JobState::pending, "I12", id,
           "was retried although its parents have not ended");
    if (ended && job.workflow) return part_retried(job, id);
    tell(id, EventKind::job_retried);
    job.due = {};
    met(ended ? Situation::retried_ended : Situation::retried_waiting);
    if (ended) {
        job.attempt = job.crashes = job.interruptions = job.snoozes = job.starts = 0;
        job.result.clear();
        expect(unique_.takes_again(job.asked, id, latest_), "I11", id,
               "goes on while another job holds its unique key");
        if (job.displaced) judge_no_more(job);
    }
    enter(job, id, Tale::Stage::waiting, JobState::available);
}

void Oracle::removed(const JobId& id, ControlResult result) {
    if (result != ControlResult::done) return;
    Tale& job = tale(id, "removed");
    expect(job.stage != Tale::Stage::active, "I1", id, "removed while it was active");
    met(Situation::removed);
    if (job.lives()) tell(id, EventKind::job_cancelled);
    enter(job, id, Tale::Stage::removed, job.state);
    if (job.workflow) workflows_.removed(*job.workflow, id);
}

void Oracle::paused(const Scope& scope, bool paused) {
    if (paused) {
        pauses_.pause(scope);
    } else {
        pauses_.resume(scope, time_->now());
    }
}

}  // namespace errand::sim
