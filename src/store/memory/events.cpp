#include "core/event_filter.hpp"
#include "store/checks.hpp"
#include "store/memory/memory_store.hpp"

namespace errand::memory {

void MemoryStore::put_subscription(const Subscription& given) {
    const auto subscription = core::checked(given);
    const std::lock_guard lock{mutex_};
    events_.put(subscription, now());
}

bool MemoryStore::remove_subscription(std::string_view name) {
    const std::lock_guard lock{mutex_};
    return events_.remove(name);
}

std::vector<SubscriptionView> MemoryStore::subscriptions() {
    const std::lock_guard lock{mutex_};
    return events_.subscriptions(now());
}

std::optional<EventPage> MemoryStore::read_events(std::string_view name, std::uint32_t max) {
    store::check_event_page(max);
    const std::lock_guard lock{mutex_};
    return events_.read(name, max, now());
}

bool MemoryStore::acknowledge_events(std::string_view name, std::uint64_t seq) {
    const std::lock_guard lock{mutex_};
    return events_.acknowledge(name, seq, now());
}

}  // namespace errand::memory
