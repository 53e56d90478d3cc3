#pragma once

#include <errand/event.hpp>
#include <errand/store/types.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace errand {

/// Somebody who wants events. The store records them only while somebody does.
struct Subscription {
    std::string name;  ///< unique in the store; like a queue's name
    EventFilter filter{};
    /// Where events go: an http(s) URL that a worker posts them to as jobs of type errand.webhook.
    /// Empty: whoever reads them.
    std::string url{};
    std::string
        secret_name{};  ///< names the secret that signs them; the secret is not in the store
    /// Forgotten when nobody read for so long; none: stays until it is removed.
    std::optional<Duration> idle_limit{};
    bool operator==(const Subscription&) const = default;
};

struct SubscriptionView {
    Subscription subscription;
    std::uint64_t acknowledged = 0;  ///< events up to this seq are dealt with
    std::uint64_t missed =
        0;  ///< that it wanted and that were gone before it acknowledged them, ever
    Timestamp created_at{};
    /// When it was last read, to the second; of a short idle_limit to a quarter. It serves to
    /// forget the idle alone: a loss of power may set it back.
    Timestamp read_at{};
};

/// What a subscriber has not seen yet.
struct EventPage {
    std::vector<Event> events;  ///< in order of seq; those that the filter leaves out are not there
    /// Acknowledge this when `events` are dealt with. It lies behind events that the filter leaves
    /// out, too: acknowledge a page without events when it has got far, so as not to look through
    /// them again.
    std::uint64_t up_to = 0;
    /// More than max_events_kept had gathered: so many that it wanted are gone and not
    /// acknowledged. An event that was read and went before it was acknowledged counts.
    std::uint64_t missed = 0;
    bool more = false;  ///< ask again at once
};

/// Events of a store. Threads, errors and atomicity as in job_path.hpp. While there is a
/// subscription, each change records its event in its own transaction; while there is none, nothing
/// is written and nothing is looked up. PostgreSQL will keep a table with one row per event,
/// written by the same statements; Redis a stream, by the same scripts.
class Events {
public:
    /// The newest events that are kept for subscribers who have not read them.
    static constexpr std::uint32_t max_events_kept = 100'000;
    static constexpr std::uint32_t max_subscriptions = 1'000;

    virtual ~Events() = default;

    /// Declares a subscription. A new one is told what begins after this call returned; a changed
    /// one goes on where it was. Throws Error: invalid_argument, limit_exceeded.
    virtual void put_subscription(const Subscription& subscription) = 0;
    /// False: there was none.
    virtual bool remove_subscription(std::string_view name) = 0;
    [[nodiscard]] virtual std::vector<SubscriptionView> subscriptions() = 0;  ///< by name

    /// What came after the acknowledged events, at most `max` (1 to 1,000); the same again until
    /// it is acknowledged. None: there is no such subscription (any more); those that nobody reads
    /// for longer than their idle_limit are gone. Throws Error (invalid_argument).
    [[nodiscard]] virtual std::optional<EventPage> read_events(std::string_view name,
                                                               std::uint32_t max) = 0;
    /// Events up to `seq`, or up to the newest, are dealt with; those that all subscriptions have
    /// dealt with may go. False: no such subscription.
    virtual bool acknowledge_events(std::string_view name, std::uint64_t seq) = 0;
};

}  // namespace errand
