#pragma once

#include <errand/event.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

namespace errand {

class Store;

struct SubscribeOptions {
    /// So many events were gone before the callback was ready for them; 0: nobody knows how many,
    /// as this process was silent for longer than `idle_limit`.
    std::function<void(std::uint64_t events)> missed{};
    /// What the callback threw, or why the store could not be read; it goes on all the same.
    std::function<void(std::string_view what)> failed{};
    /// How long the store keeps events for this process after it has died.
    Duration idle_limit = std::chrono::minutes{10};
};

/// Calls a function for each event of a filter, in order, from a thread of its own, until it is
/// destroyed. A slow function delays nobody: the events wait in the store, up to
/// Events::max_events_kept of them.
///
/// With a filter for one job, its present state comes first (an event without a seq), so that who
/// comes late learns the end as well; what has led to that state is not told again.
class EventStream {
public:
    using Callback = std::function<void(const Event&)>;
    /// What happens after this returned is told. Throws Error: invalid_argument, limit_exceeded.
    EventStream(std::shared_ptr<Store> store, EventFilter filter, Callback callback,
                SubscribeOptions options = {});
    EventStream(EventStream&&) noexcept;
    EventStream& operator=(EventStream&&) noexcept;
    /// Waits for a call that is under way; not to be destroyed by the function itself.
    ~EventStream();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace errand
