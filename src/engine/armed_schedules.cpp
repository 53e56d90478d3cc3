#include "engine/armed_schedules.hpp"

namespace errand::engine {

void ArmedSchedules::put(ArmedSchedule schedule) {
    remove(schedule.definition.name);
    schedule.number = ++last_number_;
    const auto at = std::exchange(schedule.next_at, std::nullopt);
    auto name = schedule.definition.name;
    const auto [entry, is_new] = by_name_.emplace(std::move(name), std::move(schedule));
    set_next(entry->second, at);
}

void ArmedSchedules::remove(std::string_view name) {
    const auto found = by_name_.find(name);
    if (found == by_name_.end()) return;
    set_next(found->second, std::nullopt);
    by_name_.erase(found);
}

ArmedSchedule* ArmedSchedules::find(std::string_view name) {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : &found->second;
}

void ArmedSchedules::set_next(ArmedSchedule& schedule, std::optional<Timestamp> at) {
    if (schedule.next_at) by_time_.erase({*schedule.next_at, schedule.number});
    schedule.next_at = at;
    if (at) by_time_.emplace(Place{*at, schedule.number}, &schedule);
}

std::optional<Timestamp> ArmedSchedules::next_at() const {
    if (by_time_.empty()) return std::nullopt;
    return by_time_.begin()->first.first;
}

std::vector<ArmedSchedule*> ArmedSchedules::due(Timestamp now, std::size_t max) const {
    std::vector<ArmedSchedule*> result;
    for (const auto& [place, schedule] : by_time_) {
        if (place.first > now || result.size() == max) break;
        result.push_back(schedule);
    }
    return result;
}

}  // namespace errand::engine
