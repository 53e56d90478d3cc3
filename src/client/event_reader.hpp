#pragma once

#include "engine/loop.hpp"

#include <errand/event_stream.hpp>
#include <errand/store/store.hpp>

#include <cstdint>
#include <string>

namespace errand::client {

/// Reads what a subscription is told and hands it to a callback. Subscribes when it is made.
class EventReader final : public engine::Loop {
public:
    /// Throws Error as Events::put_subscription() does. `store` outlives it.
    EventReader(Store& store, std::string name, EventFilter filter, EventStream::Callback callback,
                SubscribeOptions options);

    [[nodiscard]] std::string_view name() const noexcept override { return "events"; }
    engine::NextRun run_once(Timestamp now) override;
    /// Ends the subscription; nothing is read after it.
    void unsubscribe() noexcept;

private:
    void acknowledge(const EventPage& page);
    void tell_last_state();
    void tell(const Event& event);
    void tell_missed(std::uint64_t events);
    void failed(std::string_view what);

    Store& store_;
    Subscription subscription_;
    EventStream::Callback callback_;
    SubscribeOptions options_;
    std::uint64_t acknowledged_ = 0;
    bool knows_last_state_ = false;
};

}  // namespace errand::client
