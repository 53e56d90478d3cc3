#include "store/memory/schedule_table.hpp"

namespace errand::memory {

core::ScheduleStanding ScheduleEntry::standing() const {
    return {view.state,         view.revision,
            view.last_tick,     view.definition.require_rehearsal,
            rehearsed_revision, view.rehearsal_revision};
}

void ScheduleEntry::set_standing(const core::ScheduleStanding& standing) {
    view.state = standing.state;
    view.last_tick = standing.last_tick;
    rehearsed_revision = standing.rehearsed_revision;
}

void ScheduleEntry::add(FireRecord record) {
    record.seq = ++last_seq;
    if (core::tells_of_tick(record)) made.insert(record.tick);
    history.push_back(record);
}

void ScheduleEntry::trim_history() {
    for (; history.size() > Schedules::history_kept; history.pop_front()) {
        const FireRecord& oldest = history.front();
        forgotten.note(oldest);
        if (core::tells_of_tick(oldest)) made.erase(oldest.tick);
    }
}

ScheduleEntry* ScheduleTable::find(std::string_view name) {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : &found->second;
}

ScheduleEntry& ScheduleTable::add(const ScheduleDefinition& definition) {
    return by_name_.emplace(definition.name, definition).first->second;
}

void ScheduleTable::touch(ScheduleEntry& entry) {
    by_version_.erase(entry.view.version);
    entry.view.version = ++last_version_;
    by_version_.emplace(entry.view.version, &entry);
}

bool ScheduleTable::erase(std::string_view name) {
    const auto found = by_name_.find(name);
    if (found == by_name_.end()) return false;
    by_version_.erase(found->second.view.version);
    by_name_.erase(found);
    return true;
}

std::vector<ScheduleView> ScheduleTable::after(std::uint64_t version, std::size_t max) const {
    std::vector<ScheduleView> views;
    for (auto next = by_version_.upper_bound(version);
         next != by_version_.end() && views.size() < max; ++next) {
        views.push_back(next->second->view);
    }
    return views;
}

}  // namespace errand::memory
