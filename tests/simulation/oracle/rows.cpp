#include "simulation/oracle/oracle.hpp"

#include <fmt/format.h>

#include <algorithm>

// A job as the store shows it, against what has happened to it: I2, I3, I7, I16.

namespace errand::sim {

namespace {

constexpr std::uint32_t errors_kept = Limits{}.errors_kept;

/// What kind of state the store may show; a job that is due becomes available by itself.
bool may_be(JobState shown, const Tale& job, Timestamp latest) {
    if (shown == job.state) return true;
    const bool waits = job.state == JobState::scheduled || job.state == JobState::retryable;
    return waits && shown == JobState::available && job.due <= latest;
}

/// The first field that is not as it must be; empty: none.
std::string_view wrong_field(const Job& shown, const Tale& job) {
    if (shown.args != job.asked.args) return "args";
    if (shown.type != job.asked.type) return "type";
    if (shown.queue != job.asked.queue) return "queue";
    if (shown.needs != job.asked.needs) return "needs";
    if (shown.priority != job.asked.priority) return "priority";
    if (shown.unique_key != job.asked.unique_key) return "unique_key";
    if (shown.max_attempts != job.asked.max_attempts) return "max_attempts";
    if (shown.attempt != job.attempt) return "attempt";
    if (shown.crashes != job.crashes) return "crashes";
    if (shown.interruptions != job.interruptions) return "interruptions";
    if (shown.lease_seq != job.lease_seq()) return "lease_seq";
    if (shown.cancel_requested != job.cancel_requested) return "cancel_requested";
    if (shown.progress != job.progress) return "progress";
    if (shown.result != job.result) return "result";
    if (shown.errors.size() != std::min(job.errors, errors_kept)) return "errors";
    if (shown.finished_at.has_value() != is_end(job.state)) return "finished_at";
    if (shown.finished_at && *shown.finished_at != job.ended_at) return "finished_at";
    return {};
}

}  // namespace

void Oracle::showed(const Job& shown) {
    const Tale& job = tale(shown.id, "is there");
    expect(job.stage != Tale::Stage::removed, "I1", shown.id, "is there although it was removed");
    expect(may_be(shown.state, job, latest_), "I3", shown.id, "is shown as {} although it is {}",
           to_string(shown.state), to_string(job.state));
    const auto wrong = wrong_field(shown, job);
    expect(wrong.empty(), "I16", shown.id, "its field {} is wrong", wrong);
}

}  // namespace errand::sim
