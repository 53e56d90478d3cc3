#include "simulation/oracle/oracle.hpp"

#include <fmt/format.h>

// How many at once and in a time: I10.

namespace errand::sim {

void Oracle::limited(const Limit& limit, Timestamp now) {
    saw(now);
    met(Situation::limit_set);
    std::uint32_t held = 0;
    for (const auto& lane : lanes_) {
        if (holds(limit.scope, lane.queue, lane.type, {})) held += lane.active;
    }
    if (limit.scope.kind == Scope::Kind::key) {
        const auto active = active_of_key_.find(limit.scope.name);
        held = active == active_of_key_.end() ? 0 : active->second;
    }
    bounds_.set(limit, held, time_->now());
}

void Oracle::lease_begins(const Tale& job, const JobId& id) {
    ++lanes_[job.lane].active;
    if (!job.asked.key.empty()) ++active_of_key_[job.asked.key];
    if (!bounds_.any()) return;
    const auto verdict = bounds_.begin(job.asked, elapsed_.count(), time_->now(), job.claimed_at);
    expect(verdict.wrong.empty(), "I10", id, "{}", verdict.wrong);
    if (verdict.is_full) met(Situation::limit_full);
    if (verdict.used_up) met(Situation::rate_used_up);
    if (verdict.tries) met(Situation::breaker_tried);
    if (verdict.in_window) met(Situation::window_entered);
}

/// Breakers and rests learn from every attempt that is settled.
void Oracle::limits_learn(const Tale& job, const Settlement& item, Timestamp now) {
    if (!bounds_.any()) return;
    const auto lesson = bounds_.learn(job.asked, item, job.claimed_at, now);
    if (lesson.opened) met(Situation::breaker_opened);
    if (lesson.closed) met(Situation::breaker_closed);
    if (lesson.rests) met(Situation::slowed_down);
}

void Oracle::lease_ends(const Tale& job) {
    --lanes_[job.lane].active;
    if (!job.asked.key.empty()) --active_of_key_[job.asked.key];
    bounds_.end(job.asked, time_->now());
}

void Oracle::showed(const std::vector<LimitView>& views, Timestamp now) {
    saw(now);
    const auto wrong = bounds_.wrong_view(views, elapsed_.count());
    if (!wrong.empty()) violated("I16: " + wrong);
}

/// A job that expired is never begun, however its worker's clock goes.
void Oracle::expect_not_expired(const JobId& id, Timestamp now) {
    const Tale* const job = known(id);
    if (job == nullptr || !job->asked.expires_at) return;
    expect(now < *job->asked.expires_at, "I8", id, "began although it had expired");
}

}  // namespace errand::sim
