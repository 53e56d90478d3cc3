#include "store/memory/memory_store.hpp"

#include <errand/error.hpp>

namespace errand::memory {

namespace {
[[noreturn]] void missing() {
    throw Error(ErrorCode::conflict, "this store has no events yet");
}
}  // namespace

void MemoryStore::put_subscription(const Subscription&) {
    missing();
}
bool MemoryStore::remove_subscription(std::string_view) {
    return false;
}
std::vector<SubscriptionView> MemoryStore::subscriptions() {
    return {};
}
std::optional<EventPage> MemoryStore::read_events(std::string_view, std::uint32_t) {
    return {};
}
bool MemoryStore::acknowledge_events(std::string_view, std::uint64_t) {
    return false;
}

}  // namespace errand::memory
