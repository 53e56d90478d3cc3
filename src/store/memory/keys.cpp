#include "core/validate.hpp"
#include "store/checks.hpp"
#include "store/memory/memory_store.hpp"

#include <algorithm>

// Turns: how many jobs of one key may be under way, and who is next.

namespace errand::memory {

namespace {

KeyView view_of(const KeyLines::Name& name, const KeyLines::Line& line) {
    const auto& [queue, key] = name;
    KeyView view{queue, key, line.blocked.size(), {}};
    for (const Record* const holder : line.holders)
        view.holders.push_back(holder->job.id);
    return view;
}

}  // namespace

Turn MemoryStore::turn_in(JobState state, const Record& record) const {
    if (is_end(state)) return Turn::none;
    if (record.turn == Turn::held) return Turn::held;
    const Job& job = record.job;
    if (state != JobState::available || job.key.empty()) return Turn::none;
    // It began without one, when its key had no turns to give.
    if (job.state == JobState::active) return Turn::none;
    const std::uint32_t turns = orders_.of(job.queue).key_concurrency;
    if (turns == 0) return Turn::none;
    const KeyLines::Line* const line = jobs_.keys().find(job.queue, job.key);
    return !line || line->holders.size() < turns ? Turn::held : Turn::blocked;
}

void MemoryStore::admit_next(const std::string& queue, const std::string& key) {
    for (;;) {
        const KeyLines::Line* const line = jobs_.keys().find(queue, key);
        if (!line || line->blocked.empty()) return;
        Record& next = **line->blocked.begin();
        const Turn turn = turn_in(JobState::available, next);
        if (turn == Turn::blocked) return;
        jobs_.move(next, JobState::available, turn);
        wake_for(next);
    }
}

std::uint32_t MemoryStore::unblock_key(std::string_view queue, std::string_view key) {
    core::validate_queue(queue);
    core::validate_key(key);
    const std::lock_guard lock{mutex_};
    const KeyLines::Line* const line = jobs_.keys().find(queue, key);
    if (!line) return 0;
    std::vector<Record*> losers;
    std::ranges::copy_if(line->holders, std::back_inserter(losers),
                         [](const Record* holder) { return is_waiting(holder->job.state); });
    for (Record* const loser : losers)
        jobs_.move(*loser, loser->job.state, Turn::none);
    admit_next(std::string{queue}, std::string{key});
    return static_cast<std::uint32_t>(losers.size());
}

std::vector<KeyView> MemoryStore::blocked_keys(std::uint32_t max) {
    store::check_page_limit(max);
    const std::lock_guard lock{mutex_};
    std::vector<KeyView> views;
    for (const auto& [name, line] : jobs_.keys().all()) {
        if (!line.blocked.empty()) views.push_back(view_of(name, line));
    }
    std::ranges::stable_sort(views, std::ranges::greater{}, &KeyView::blocked);
    if (views.size() > max) views.resize(max);
    return views;
}

std::optional<KeyView> MemoryStore::find_key(std::string_view queue, std::string_view key) {
    const std::lock_guard lock{mutex_};
    const KeyLines::Line* const line = jobs_.keys().find(queue, key);
    if (!line) return std::nullopt;
    return view_of({std::string{queue}, std::string{key}}, *line);
}

}  // namespace errand::memory
