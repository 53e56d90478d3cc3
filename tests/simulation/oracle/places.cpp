#include "simulation/oracle/places.hpp"

#include "core/place.hpp"

#include <algorithm>

namespace errand::sim {

const QueueSettings& Places::of(const std::string& queue) const {
    if (settings_.empty()) return usual_;
    const auto found = settings_.find(queue);
    return found == settings_.end() ? usual_ : found->second;
}

/// A queue that becomes fair begins its count anew, behind all that was before.
void Places::set(const std::string& queue, const QueueSettings& settings, Timestamp now) {
    if (settings.order == QueueOrder::fair && of(queue).order != QueueOrder::fair) {
        auto& time = shares_[queue].time;
        time = std::max(time, now.time_since_epoch().count());
    }
    settings_[queue] = settings;
}

Standing Places::enter(const NewJob& job, Timestamp due) {
    const auto& settings = of(job.queue);
    auto standing = standing_of(job, due, ++number_);
    if (settings.order == QueueOrder::fair) standing.position = fair_position(job, settings);
    return standing;
}

Standing Places::enter_anew(const NewJob& job, const Standing& present, Timestamp due) const {
    if (of(job.queue).order == QueueOrder::fair) return present;
    return standing_of(job, due, present.number);
}

Standing Places::standing_of(const NewJob& job, Timestamp due, std::uint64_t number) const {
    const auto& settings = of(job.queue);
    Standing standing{job.priority, due.time_since_epoch().count(), number};
    if (settings.order == QueueOrder::lifo) {
        standing.position = -static_cast<std::int64_t>(number);
    } else if (settings.aging > Duration::zero()) {
        // Each step of priority counts as if the job had been due so much earlier.
        standing.position -= job.priority * settings.aging.count();
        standing.rank = 0;
    }
    return standing;
}

std::int64_t Places::fair_position(const NewJob& job, const QueueSettings& settings) {
    auto& shares = shares_[job.queue];
    auto& next = shares.next[job.key];
    const auto weight = settings.key_weights.find(job.key);
    const auto position = std::max(shares.time, next);
    next = position +
           core::FairShare::cost / (weight == settings.key_weights.end() ? 1 : weight->second);
    return position;
}

void Places::claimed(const std::string& queue, const Standing& standing) {
    if (of(queue).order != QueueOrder::fair) return;
    auto& time = shares_[queue].time;
    time = std::max(time, standing.position);
}

}  // namespace errand::sim
