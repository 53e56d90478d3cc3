#include "store/sqlite/store_impl.hpp"

#include <errand/error.hpp>

namespace errand::sqlite {

ScheduleChange SqliteStore::put_schedule(const ScheduleDefinition&, std::string_view) {
    throw Error(ErrorCode::conflict, "not yet");
}
bool SqliteStore::remove_schedule(std::string_view) {
    return false;
}
void SqliteStore::set_schedule_state(std::string_view, ScheduleState, std::string_view) {}
std::optional<ScheduleView> SqliteStore::find_schedule(std::string_view) {
    return {};
}
std::vector<ScheduleView> SqliteStore::schedules_after(std::uint64_t, std::uint32_t) {
    return {};
}
std::vector<FireResult> SqliteStore::fire(std::span<const FireRequest>) {
    return {};
}
std::vector<FireRecord> SqliteStore::schedule_history(std::string_view, std::uint64_t, std::uint32_t) {
    return {};
}

}  // namespace errand::sqlite
