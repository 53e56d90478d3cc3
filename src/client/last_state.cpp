#include "client/last_state.hpp"

#include "core/event_data.hpp"

#include <optional>
#include <utility>

namespace errand::client {

namespace {

Event at(Event event, Timestamp time) {
    event.at = time;
    return event;
}

/// As its newest attempt was settled.
Event settled(const Job& job) {
    Settlement item;
    item.to = job.state;
    item.signal = job.awaits_signal;
    const bool went_wrong = job.state == JobState::retryable || job.state == JobState::discarded;
    if (went_wrong && !job.errors.empty()) item.error = job.errors.back();
    auto time = job.finished_at.value_or(job.started_at.value_or(job.created_at));
    if (!job.finished_at && item.error) time = item.error->at;
    return at(core::settled(core::event_job(job), item, job.state, job.scheduled_at), time);
}

}  // namespace

std::vector<Event> last_state(const Job& job) {
    std::vector<Event> events;
    const bool never_began = job.lease_seq == 0 && !is_end(job.state);
    if (job.state == JobState::active) {
        const auto began = job.started_at.value_or(job.created_at);
        events.push_back(at(core::started(core::event_job(job), job.worker), began));
        if (job.progress)
            events.push_back(at(core::progressed(core::event_job(job), *job.progress), began));
    } else if (never_began) {
        const bool waits = job.state == JobState::scheduled;
        events.push_back(at(core::enqueued(core::event_job(job),
                                           waits ? std::optional{job.scheduled_at} : std::nullopt),
                            job.created_at));
    } else {
        events.push_back(settled(job));
    }
    return events;
}

}  // namespace errand::client
