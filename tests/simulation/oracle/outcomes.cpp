#include "simulation/oracle/oracle.hpp"

#include <fmt/format.h>

// What became of an attempt, against what its handler said: I3, I5, I7, I13. Written from the
// guarantees, not from the engine's decisions.

namespace errand::sim {

using namespace std::chrono_literals;

namespace {

/// 0, 1 s, 4 s, 16 s … by the crashes before this one.
Duration crash_pause(std::uint32_t crashes_before) {
    if (crashes_before == 0) return 0s;
    Duration pause = 1s;
    for (std::uint32_t i = 1; i < crashes_before; ++i)
        pause *= 4;
    return pause;
}

EventKind event_of(JobState to) {
    switch (to) {
        case JobState::completed:
            return EventKind::job_completed;
        case JobState::discarded:
            return EventKind::job_discarded;
        case JobState::cancelled:
            return EventKind::job_cancelled;
        case JobState::retryable:
            return EventKind::job_retrying;
        default:
            return EventKind::job_snoozed;
    }
}

}  // namespace

void Oracle::settled(const Settlement& item, SettleResult result, Timestamp now) {
    saw(now);
    const auto& id = item.lease.id;
    Tale* const found = known(id);
    if (found == nullptr) {
        expect(result == SettleResult::lease_lost, "I2", id, "settled, but nobody inserted it");
        return;
    }
    Tale& job = *found;
    const bool valid = job.holds(item.lease);
    const bool recorded = result == SettleResult::ok || result == SettleResult::recorded_cancel;
    expect(recorded || !valid, "I5", id, "its valid settlement was refused");
    if (!recorded) return expect_refusal(job, item, result);
    expect(valid, "I5", id, "a stale settlement was recorded");
    expect_cancel_wins(job, item, result);
    expect_outcome(job, item);

    const bool cancelled = result == SettleResult::recorded_cancel;
    const auto to = cancelled ? JobState::cancelled : item.to;
    if (cancelled) met(Situation::cancel_won);
    limits_learn(job, item, now);
    if (!item.uses_attempt) --job.attempt;
    job.crashes += item.counts_crash;
    job.interruptions += item.counts_interruption;
    job.errors += item.error.has_value();
    if (item.to == JobState::scheduled) ++job.snoozes;
    if (item.to == JobState::completed) job.result = item.result;
    job.due = to == JobState::available ? Timestamp{} : now + item.delay;
    if (is_end(to)) job.ended_at = now;
    if (to == JobState::completed) expect_once(job, id);
    tell(id, event_of(to));
    if (to == JobState::scheduled && !item.signal.empty()) return park(job, item);
    enter(job, id, is_end(to) ? Tale::Stage::ended : Tale::Stage::waiting, to);
}

/// The newest lease of a job that is not active was settled; any other is lost.
void Oracle::expect_refusal(const Tale& job, const Settlement& item, SettleResult result) {
    const auto& lease = item.lease;
    const bool repeated = result == SettleResult::already_settled;
    met(repeated ? Situation::settled_twice : Situation::settled_too_late);
    const bool newest = lease.lease_seq == job.lease_seq() && lease.row == job.row;
    expect(is_gone(job) || repeated == newest, "I5", lease.id,
           "it is not told truly whether its lease is lost or was settled before");
}

void Oracle::expect_cancel_wins(const Tale& job, const Settlement& item, SettleResult result) {
    const bool cancelled =
        result == SettleResult::recorded_cancel || item.to == JobState::cancelled;
    expect(!job.cancel_requested || cancelled, "I13", item.lease.id,
           "went on after an accepted cancel");
    expect(result == SettleResult::ok || job.cancel_requested, "I13", item.lease.id,
           "cancelled without a request");
}

/// What the attempt tells of the system that the job works with, as the guide lists it.
void Oracle::expect_target(const Settlement& item, TargetHealth target) {
    expect(item.target == target, "I10", item.lease.id,
           "its attempt is said to tell {} of what it works with, and tells {}",
           static_cast<int>(item.target), static_cast<int>(target));
}

/// Exactly once without a fault.
void Oracle::expect_once(const Tale& job, const JobId& id) {
    expect(job.starts == 1 + job.snoozes || !rules_.peaceful, "I17", id,
           "began {} times although nothing happened", job.starts);
}

/// Who settles, and what he must say.
void Oracle::expect_outcome(const Tale& job, const Settlement& item) {
    if (job.taken) return expect_rescue(job, item);
    if (!job.begun) {
        // Never begun: given back, or ended by a cancel request that found it in the line.
        if (item.to == JobState::cancelled) {
            return expect(job.cancel_requested, "I13", item.lease.id, "cancelled by nobody");
        }
        if (item.to == JobState::discarded) return expect_expiry(job, item);
        return expect_given_back(item);
    }
    // A stop may leave a handler behind, also one that returns a moment later.
    const bool left_behind = member(job.holder).stopping && item.counts_interruption;
    if (left_behind) {
        if (!job.returned) met(Situation::left_behind);
        return expect_interrupted(job, item);
    }
    expect(job.returned.has_value(), "I7", item.lease.id, "settled while its handler runs");
    expect_returned(job, item);
}

void Oracle::expect_given_back(const Settlement& item) {
    met(Situation::given_back);
    expect_target(item, TargetHealth::unknown);
    expect(item.to == JobState::available && !item.uses_attempt && !item.counts_crash &&
               !item.counts_interruption && item.delay == 0s,
           "I7", item.lease.id, "it never began, and is not given back unharmed");
}

/// Whoever finds out cannot always ask the store for the time.
void Oracle::expect_expiry(const Tale& job, const Settlement& item) {
    met(Situation::expired);
    expect_target(item, TargetHealth::unknown);
    const auto& expires_at = job.asked.expires_at;
    expect(expires_at && !item.uses_attempt && !item.counts_crash && !item.counts_interruption &&
               item.error && item.error->type == "expired",
           "I7", item.lease.id, "it never began, and is discarded for another reason than expiry");
    expect(!rules_.one_time || latest_ >= *expires_at, "I8", item.lease.id,
           "was discarded before it expired");
}

void Oracle::expect_interrupted(const Tale& job, const Settlement& item) {
    met(Situation::interrupted);
    expect_target(item, TargetHealth::unknown);
    const bool again = job.interruptions < rules_.max_interruptions;
    expect(item.to == (again ? JobState::available : JobState::discarded) && !item.uses_attempt &&
               !item.counts_crash && item.counts_interruption && item.delay == 0s,
           "I7", item.lease.id, "an interruption was not recorded as one");
}

void Oracle::expect_crash(const Tale& job, const Settlement& item) {
    const auto& id = item.lease.id;
    expect_target(item, TargetHealth::bad);
    expect(item.counts_crash && !item.uses_attempt && !item.counts_interruption, "I7", id,
           "a crash was not recorded as one");
    const bool last = job.crashes + 1 >= rules_.crash_budget;
    met(last ? Situation::crashed_out : Situation::crashed);
    expect(item.to == (last ? JobState::discarded : JobState::retryable), "I7", id,
           "its crash budget was miscounted");
    expect(last || item.delay == crash_pause(job.crashes), "I7", id,
           "it does not pause after a crash as it should");
}

void Oracle::expect_rescue(const Tale& job, const Settlement& item) {
    switch (job.taken->mark) {
        case RunMark::claimed:
            return expect_given_back(item);
        case RunMark::finished:
            return expect_interrupted(job, item);
        case RunMark::started:
            return expect_crash(job, item);
        case RunMark::unknown:
            return job.taken->worker_died ? expect_interrupted(job, item) : expect_crash(job, item);
    }
}

void Oracle::expect_failure(const Tale& job, const Settlement& item,
                            std::optional<Duration> delay) {
    const auto& id = item.lease.id;
    expect_target(item, TargetHealth::bad);
    expect(item.uses_attempt && item.error.has_value() && !item.counts_crash, "I7", id,
           "a failure was not recorded as one");
    const bool last = job.attempt >= job.asked.max_attempts;
    met(last ? Situation::failed_for_good : Situation::failed);
    expect(item.to == (last ? JobState::discarded : JobState::retryable), "I7", id,
           "its attempts were miscounted when it failed");
    if (last) return;
    const auto policy = job.asked.retry.value_or(rules_.retry);
    const auto shortest = delay.value_or(policy.delay(job.attempt, 0.0));
    const auto longest = delay.value_or(policy.delay(job.attempt, 0.999'999'999));
    expect(item.delay >= shortest && item.delay <= longest, "I7", id,
           "waits {} us after attempt {}, not {} to {}", item.delay.count(), job.attempt,
           shortest.count(), longest.count());
}

void Oracle::expect_returned(const Tale& job, const Settlement& item) {
    const auto& id = item.lease.id;
    const auto& how = *job.returned;
    const bool was_cancelled = how.stop == StopReason::cancelled;
    const bool timed_out = how.stop == StopReason::timed_out;
    using Kind = Outcome::Kind;
    const bool rests = how.kind == Kind::slow_down;
    expect(item.slow_down == (rests ? std::optional{how.delay} : std::nullopt), "I10", id,
           "the rest that its handler asked for was not handed on");
    if (was_cancelled || (how.kind == Kind::cancel && !timed_out)) {
        if (!was_cancelled) met(Situation::cancelled_itself);
        expect_target(item, how.kind == Kind::done ? TargetHealth::good : TargetHealth::unknown);
        return expect(item.to == JobState::cancelled, "I13", id, "returned, and is not cancelled");
    }
    if (how.kind == Kind::done) {
        met(Situation::completed);
        expect_target(item, TargetHealth::good);
        expect(item.to == JobState::completed && item.uses_attempt, "I7", id,
               "its handler succeeded, and it is not completed");
        return expect(item.result == how.result, "I12", id, "its result was changed");
    }
    if (timed_out) {
        met(Situation::timed_out);
        return expect_failure(job, item, {});
    }
    if (how.kind == Kind::snooze || how.kind == Kind::wait_signal) {
        const bool waits = how.kind == Kind::wait_signal;
        met(waits ? Situation::parked : Situation::snoozed);
        expect(item.signal == (waits ? how.result : std::string{}), "I12", id,
               "waits for another signal than its handler");
        expect_target(item, TargetHealth::unknown);
        return expect(item.to == JobState::scheduled && !item.uses_attempt &&
                          item.delay == how.delay && !item.error,
                      "I7", id, "its snooze was not recorded as one");
    }
    if (how.kind == Kind::discard) {
        met(Situation::given_up);
        expect_target(item, TargetHealth::unknown);
        return expect(item.to == JobState::discarded && item.error, "I7", id,
                      "its handler gave it up, and it is not discarded");
    }
    if (how.stop == StopReason::interrupted) return expect_interrupted(job, item);
    const bool own_delay = how.kind == Kind::retry_in || rests;
    expect_failure(job, item, own_delay ? std::optional{how.delay} : std::nullopt);
}

}  // namespace errand::sim
