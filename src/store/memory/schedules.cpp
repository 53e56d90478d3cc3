#include "store/memory/memory_store.hpp"

#include <errand/error.hpp>

namespace errand::memory {

ScheduleChange MemoryStore::put_schedule(const ScheduleDefinition&, std::string_view) {
    throw Error(ErrorCode::conflict, "not yet");
}
bool MemoryStore::remove_schedule(std::string_view) {
    return false;
}
void MemoryStore::set_schedule_state(std::string_view, ScheduleState, std::string_view) {}
std::optional<ScheduleView> MemoryStore::find_schedule(std::string_view) {
    return {};
}
std::vector<ScheduleView> MemoryStore::schedules_after(std::uint64_t, std::uint32_t) {
    return {};
}
std::vector<FireResult> MemoryStore::fire(std::span<const FireRequest>) {
    return {};
}
std::vector<FireRecord> MemoryStore::schedule_history(std::string_view, std::uint64_t, std::uint32_t) {
    return {};
}

}  // namespace errand::memory
