#include "simulation/oracle/oracle.hpp"

#include <algorithm>

// What becomes of an enqueue whose unique key is held: I11.

namespace errand::sim {

namespace {

bool takes_args(OnConflict rule) {
    return rule == OnConflict::replace_args || rule == OnConflict::replace;
}

bool takes_time(OnConflict rule) {
    return rule == OnConflict::reschedule || rule == OnConflict::replace;
}

}  // namespace

/// Only for a job that holds the key at this instant, and which is changed as its policy says.
void Oracle::refused(const NewJob& job, const InsertResult& result, Timestamp now) {
    const auto holder = unique_.holder(job.unique_key, now);
    expect(holder == result.id, "I11", job.id, "was refused for a job that does not hold its key");
    Tale& held = tale(result.id, "holds a key");
    met(Situation::unique_key_held);
    if (!held.lives()) met(Situation::unique_key_outlives);
    const auto rule = job.unique.on_conflict;
    const bool begun = held.stage != Tale::Stage::waiting || !held.claims.empty();
    const bool changes =
        (takes_args(rule) || takes_time(rule)) && !begun && held.asked.type == job.type;
    expect(changes == (result.kind == InsertResult::Kind::replaced), "I11", job.id, "{}",
           changes ? "did not change the holder of its key" : "changed a job that it must not");
    if (!changes) return;
    met(Situation::unique_holder_changed);
    if (takes_args(rule)) {
        held.asked.args = job.args;
        held.asked.meta = job.meta;
        held.asked.tags = job.tags;
    }
    if (takes_time(rule)) {
        held.asked.expires_at = job.expires_at;
        rescheduled(held, result.id, std::max(now, job.run_at.value_or(now + job.delay)), now);
    }
}

void Oracle::judge_no_more(Tale& job) {
    job.exempt = true;
    if (job.asked.key.empty()) return;
    auto& line = turns_.of(job.asked.queue, job.asked.key);
    ++line.exempt;
    line.next.reset();
    line.unclear = true;
}

/// It gets another place, and among those of its key perhaps another turn: from now on neither its
/// turn nor its order is judged.
void Oracle::rescheduled(Tale& job, const JobId& id, Timestamp due, Timestamp now) {
    if (!job.exempt) {
        leave_line(job, id, job.ready_from != 0);
        judge_no_more(job);
    }
    job.displaced = true;
    job.standing = places_.enter_anew(job.asked, job.standing, due);  // fair queues count by it
    job.due = due;
    enter(job, id, Tale::Stage::waiting, due > now ? JobState::scheduled : JobState::available);
}

}  // namespace errand::sim
