#include "base/text.hpp"
#include "core/event_data.hpp"
#include "core/schedule/definition.hpp"
#include "store/checks.hpp"
#include "store/memory/memory_store.hpp"

#include <errand/error.hpp>

#include <utility>

namespace errand::memory {

ScheduleChange MemoryStore::put_schedule(const ScheduleDefinition& given, std::string_view by) {
    ScheduleDefinition definition = given;
    core::validate(definition, sizes_);
    const std::lock_guard lock{mutex_};
    ScheduleEntry* entry = schedules_.find(definition.name);
    if (entry && entry->view.definition == definition) return ScheduleChange::unchanged;
    const auto change = entry ? ScheduleChange::changed : ScheduleChange::created;
    if (!entry) {
        store::check_room_for_schedule(schedules_.size());
        entry = &schedules_.add(definition);
    } else {
        ScheduleView& view = entry->view;
        view.state = core::state_after_change(view.state, definition.require_rehearsal);
        view.definition = std::move(definition);
        ++view.revision;
    }
    note_change(*entry, change == ScheduleChange::created ? "created" : "changed", by);
    return change;
}

void MemoryStore::note_change(ScheduleEntry& entry, std::string_view change, std::string_view by) {
    entry.view.changed_at = now();
    entry.view.changed_by = base::cut_end(base::to_valid_utf8(by), max_paused_by_bytes);
    schedules_.touch(entry);
    tell_of_schedule(entry.view.definition.name, change, entry.view.changed_by);
    wake(WakeChannel::control);
}

void MemoryStore::tell_of_schedule(std::string_view name, std::string_view change,
                                   std::string_view by) {
    if (!events_.wanted(EventKind::schedule_changed)) return;
    events_.note(core::schedule_changed(name, change, by), now());
}

bool MemoryStore::remove_schedule(std::string_view name) {
    const std::lock_guard lock{mutex_};
    if (!schedules_.erase(name)) return false;
    tell_of_schedule(name, "removed", {});
    wake(WakeChannel::control);
    return true;
}

void MemoryStore::set_schedule_state(std::string_view name, ScheduleState to, std::string_view by) {
    const std::lock_guard lock{mutex_};
    ScheduleEntry* const entry = schedules_.find(name);
    if (!entry) store::throw_no_schedule(name);
    const Record* const rehearsal =
        entry->view.rehearsal ? jobs_.find(*entry->view.rehearsal) : nullptr;
    const bool completed = rehearsal && rehearsal->job.state == JobState::completed;
    auto standing = entry->standing();
    if (!core::change_state(standing, to, completed, now())) return;
    entry->set_standing(standing);
    note_change(*entry, to_string(standing.state), by);
}

std::optional<ScheduleView> MemoryStore::find_schedule(std::string_view name) {
    const std::lock_guard lock{mutex_};
    const ScheduleEntry* const entry = schedules_.find(name);
    if (!entry) return std::nullopt;
    return entry->view;
}

std::vector<ScheduleView> MemoryStore::schedules_after(std::uint64_t version, std::uint32_t max) {
    store::check_schedule_page(max);
    const std::lock_guard lock{mutex_};
    return schedules_.after(version, max);
}

std::vector<FireRecord> MemoryStore::schedule_history(std::string_view name, std::uint64_t before,
                                                      std::uint32_t max) {
    store::check_page_limit(max);
    const std::lock_guard lock{mutex_};
    const ScheduleEntry* const entry = schedules_.find(name);
    std::vector<FireRecord> lines;
    if (!entry) return lines;
    for (auto line = entry->history.rbegin(); line != entry->history.rend() && lines.size() < max;
         ++line) {
        if (before == 0 || line->seq < before) lines.push_back(*line);
    }
    return lines;
}

}  // namespace errand::memory
