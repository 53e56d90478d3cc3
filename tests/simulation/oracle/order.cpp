#include "simulation/oracle/oracle.hpp"

#include <algorithm>

// Who is next: I14. Jobs of one queue and type are claimed in the order of their places, which
// keeps aging, fair shares and stacks.

namespace errand::sim {

namespace {

/// Of two heaps' entries, which one comes later?
constexpr auto later_place = [](const auto& a, const auto& b) {
    return goes_before(b.standing, a.standing);
};
constexpr auto later_due = [](const auto& a, const auto& b) { return b.due < a.due; };

}  // namespace

std::size_t Oracle::lane_of(const NewJob& job) {
    const auto found = std::ranges::find_if(lanes_, [&](const Lane& lane) {
        return lane.queue == job.queue && lane.type == job.type && lane.needs == job.needs;
    });
    if (found != lanes_.end()) return static_cast<std::size_t>(found - lanes_.begin());
    lanes_.push_back({job.queue, job.type, job.needs, {}, 0});
    return lanes_.size() - 1;
}

/// The job waits from now on; its `due` is known.
void Oracle::begin_to_wait(Tale& job, const JobId& id) {
    job.waits_from = ++events_;
    if (job.state == JobState::pending) return;  // until its parents have ended
    if (job.state == JobState::available) return become_ready(job, id);
    due_.push_back({job.due, job.waits_from, id});
    std::ranges::push_heap(due_, later_due);
}

void Oracle::become_ready(Tale& job, const JobId& id) {
    if (job.exempt) return;
    job.ready_from = ++events_;
    if (turns_of(job) != 0) return stand_in_line(job, id);
    auto& ready = lanes_[job.lane].ready;
    ready.push_back({job.standing, job.ready_from, id});
    std::ranges::push_heap(ready, later_place);
}

/// All that were due before `next_due` certainly are available.
void Oracle::promoted(const Promotion& promotion) {
    transitions_ += promotion.promoted;
    while (!due_.empty()) {
        const auto [due, number, id] = due_.front();
        if (promotion.next_due && due >= *promotion.next_due) return;
        std::ranges::pop_heap(due_, later_due);
        due_.pop_back();
        Tale* const job = known(id);
        const bool still = job != nullptr && job->stage == Tale::Stage::waiting &&
                           job->waits_from == number && job->ready_from == 0;
        if (still) become_ready(*job, id);
    }
}

/// Nobody who certainly is available stands in front of it. Jobs of a key with bounds or pauses of
/// its own are in a lane of their own.
void Oracle::expect_in_order(const Tale& job, const JobId& id) {
    if (job.exempt || turns_of(job) != 0) return;
    auto& ready = lanes_[job.lane].ready;
    while (!ready.empty()) {
        const auto& first = ready.front();
        if (first.standing.number != job.standing.number) {
            if (!goes_before(first.standing, job.standing)) return;
            const Tale* const other = known(first.id);
            const bool waits = other != nullptr && other->stage == Tale::Stage::waiting &&
                               other->ready_from == first.number;
            if (waits && (is_apart(other->asked) || is_apart(job.asked))) return;
            expect(!waits, "I14", id, "claimed before job {}, which stands in front of it",
                   to_string(first.id));
        }
        const bool is_it = first.standing.number == job.standing.number;
        std::ranges::pop_heap(ready, later_place);
        ready.pop_back();
        if (is_it) return note_age(job);
    }
}

/// Does somebody of a higher priority have to wait for it?
void Oracle::note_age(const Tale& job) {
    const auto& ready = lanes_[job.lane].ready;
    if (ready.empty() || places_.of(job.asked.queue).aging == Duration::zero()) return;
    const Tale* const other = known(ready.front().id);
    if (other != nullptr && other->asked.priority > job.asked.priority) met(Situation::went_ahead);
}

bool Oracle::is_apart(const NewJob& job) const {
    return !job.key.empty() && (bounds_.name_key(job.key) || pauses_.name_key(job.key));
}

void Oracle::ordered(const std::string& queue, const QueueSettings& settings, Timestamp now) {
    saw(now);
    const auto turns = places_.of(queue).key_concurrency;
    places_.set(queue, settings, now);
    if (turns != settings.key_concurrency) turns_changed(queue);
}

}  // namespace errand::sim
