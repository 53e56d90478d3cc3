#pragma once

#include "engine/logger.hpp"
#include "engine/loop.hpp"

#include <errand/cloud_event.hpp>
#include <errand/store/store.hpp>

#include <string>
#include <utility>

namespace errand::engine {

/// Makes a job of type errand.webhook of each event that a subscription with a URL is told. Every
/// worker does; nobody leads. The job's id follows from the event, so however many relays make it,
/// and wherever one of them dies between making it and saying so, it is made once.
class EventRelay final : public Loop {
public:
    struct Options {
        std::uint32_t page = 100;
        std::string source{default_event_source};
        std::string queue = "default";  ///< of the deliveries
        /// Jobs that were enqueued in the caller's own transaction wake nobody.
        Duration look_every = std::chrono::seconds{1};
        Duration sleep_at_most = std::chrono::seconds{30};  ///< while there is no URL
    };
    EventRelay(Store& store, const Logger& log, Options options)
        : store_(store), log_(log), options_(std::move(options)) {}

    [[nodiscard]] std::string_view name() const noexcept override { return "relay"; }
    NextRun run_once(Timestamp now) override;

private:
    /// True: there is more to relay.
    bool relay(const SubscriptionView& view);
    void remove_if_over(const Subscription& subscription, const EventPage& page);

    Store& store_;
    const Logger& log_;
    const Options options_;
};

}  // namespace errand::engine
