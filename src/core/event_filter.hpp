#pragma once

#include <errand/store/events.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

// Who wants which events. All stores decide it here.

namespace errand::core {

/// Every kind, in the order of their numbers.
inline constexpr std::array all_event_kinds{
    EventKind::job_enqueued,   EventKind::job_started,      EventKind::job_progress,
    EventKind::job_retrying,   EventKind::job_snoozed,      EventKind::job_completed,
    EventKind::job_discarded,  EventKind::job_cancelled,    EventKind::job_rescued,
    EventKind::job_retried,    EventKind::workflow_started, EventKind::workflow_ended,
    EventKind::schedule_fired, EventKind::schedule_changed, EventKind::queue_paused,
    EventKind::queue_resumed,  EventKind::worker_joined,    EventKind::worker_left,
    EventKind::worker_died};

/// A set of kinds in one number; 0 is the set of none.
using EventKinds = std::uint64_t;
[[nodiscard]] constexpr EventKinds bit_of(EventKind kind) noexcept {
    return EventKinds{1} << (static_cast<unsigned>(kind) & 63U);
}
[[nodiscard]] EventKinds set_of(std::span<const EventKind> kinds) noexcept;
/// In the order of their numbers; bits that stand for no kind are left out.
[[nodiscard]] std::vector<EventKind> kinds_in(EventKinds set);
inline constexpr EventKinds every_event_kind = [] {
    EventKinds set = 0;
    for (const auto kind : all_event_kinds)
        set |= bit_of(kind);
    return set;
}();

/// The job has ended, unless an operator has it run again.
[[nodiscard]] constexpr bool tells_the_end(EventKind kind) noexcept {
    return kind == EventKind::job_completed || kind == EventKind::job_discarded ||
           kind == EventKind::job_cancelled;
}

/// The type of jobs that deliver events; what happens to them is not delivered in turn.
inline constexpr std::string_view webhook_job_type = "errand.webhook";

[[nodiscard]] bool matches(const EventFilter& filter, const Event& event);
/// matches(), and no news of deliveries for who has events delivered.
[[nodiscard]] bool wants(const Subscription& subscription, const Event& event);

/// What all subscriptions together want, so that an event that nobody wants costs a look at a
/// number.
class EventInterest {
public:
    EventInterest() = default;
    explicit EventInterest(std::vector<Subscription> subscriptions);

    [[nodiscard]] bool empty() const noexcept { return subscriptions_.empty(); }
    /// Might somebody want an event of this kind?
    [[nodiscard]] bool may_want(EventKinds kinds) const noexcept { return (kinds_ & kinds) != 0; }
    /// Might somebody want one of these kinds of this job?
    [[nodiscard]] bool may_want(EventKinds kinds, const JobId& job) const noexcept;
    [[nodiscard]] bool wants(const Event& event) const;
    [[nodiscard]] const std::vector<Subscription>& subscriptions() const noexcept {
        return subscriptions_;
    }

private:
    std::vector<Subscription> subscriptions_;
    EventKinds kinds_ = 0;       ///< that anybody wants
    EventKinds of_any_job_ = 0;  ///< that are wanted whatever the job
    std::unordered_map<JobId, EventKinds> of_job_;
};

/// How often news of a reader's life is worth a write: for one that is forgotten soon more often.
[[nodiscard]] bool is_worth_noting(const Subscription& subscription, Timestamp read_at,
                                   Timestamp now);
/// Nobody has read for longer than it may be idle.
[[nodiscard]] bool is_forgotten(const Subscription& subscription, Timestamp read_at, Timestamp now);

/// The subscription with its kinds in order and none twice. Throws Error (invalid_argument): a bad
/// name, a kind that is none, a type or queue that no job can have, a URL that is none of http(s)
/// or above 2,048 bytes, an idle limit out of range.
[[nodiscard]] Subscription checked(const Subscription& subscription);

}  // namespace errand::core
