#pragma once

#include "core/event_filter.hpp"
#include "store/memory/wake_board.hpp"

#include <errand/store/events.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace errand::memory {

/// The events that somebody has not dealt with yet, and who that is. Not thread-safe.
class EventLog {
public:
    explicit EventLog(WakeBoard& wake) : wake_(wake) {}

    /// Might somebody want an event of this kind (of this job)? False at once when nobody wants
    /// any. Asked before an event is put together.
    [[nodiscard]] bool wanted(EventKind kind) const noexcept {
        return interest_.may_want(core::bit_of(kind));
    }
    [[nodiscard]] bool wanted(EventKind kind, const JobId& job) const noexcept {
        return wanted(kind) && interest_.may_want(core::bit_of(kind), job);
    }
    /// Keeps the event, with the next seq, if somebody wants it.
    void note(Event event, Timestamp now);

    void put(const Subscription& subscription, Timestamp now);
    bool remove(std::string_view name);
    [[nodiscard]] std::vector<SubscriptionView> subscriptions(Timestamp now) const;
    [[nodiscard]] std::optional<EventPage> read(std::string_view name, std::uint32_t max,
                                                Timestamp now);
    bool acknowledge(std::string_view name, std::uint64_t seq, Timestamp now);
    /// Those whose readers are gone for longer than they may.
    void forget_idle(Timestamp now);

private:
    struct Entry {
        SubscriptionView view;
        std::uint64_t told_missed = 0;  ///< of view.missed: acknowledged
    };
    [[nodiscard]] Entry* find(std::string_view name);
    /// The seq of the oldest event kept, or that of the next one.
    [[nodiscard]] std::uint64_t oldest() const noexcept {
        return events_.empty() ? last_seq_ + 1 : events_.front().seq;
    }
    void subscriptions_changed();
    void drop_oldest();
    void drop_acknowledged();

    WakeBoard& wake_;
    std::map<std::string, Entry, std::less<>> entries_;
    core::EventInterest interest_;
    std::deque<Event> events_;  ///< in order of seq, none missing in between
    std::uint64_t last_seq_ = 0;
};

}  // namespace errand::memory
