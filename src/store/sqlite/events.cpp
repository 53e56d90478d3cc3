#include "store/sqlite/store_impl.hpp"

#include <errand/error.hpp>

namespace errand::sqlite {

namespace {
[[noreturn]] void missing() {
    throw Error(ErrorCode::conflict, "this store has no events yet");
}
}  // namespace

void SqliteStore::put_subscription(const Subscription&) {
    missing();
}
bool SqliteStore::remove_subscription(std::string_view) {
    return false;
}
std::vector<SubscriptionView> SqliteStore::subscriptions() {
    return {};
}
std::optional<EventPage> SqliteStore::read_events(std::string_view, std::uint32_t) {
    return {};
}
bool SqliteStore::acknowledge_events(std::string_view, std::uint64_t) {
    return false;
}

}  // namespace errand::sqlite
