#include "base/text.hpp"
#include "core/event_data.hpp"
#include "core/rate.hpp"
#include "store/memory/memory_store.hpp"

#include <algorithm>

namespace errand::memory {

void MemoryStore::set_paused(const Scope& scope, bool paused, std::string_view by) {
    core::validate(scope);
    const auto who = base::cut_end(base::to_valid_utf8(by), max_paused_by_bytes);
    const auto kind = paused ? EventKind::queue_paused : EventKind::queue_resumed;
    const std::lock_guard lock{mutex_};
    bool changed = false;
    if (paused) {
        changed = pauses_.try_emplace(scope, PauseView{scope, now(), who}).second;
    } else {
        changed = pauses_.erase(scope) != 0;
        wake(WakeChannel::work);
    }
    if (changed && events_.wanted(kind)) events_.note(core::paused(scope, paused, who), now());
    tell_apart(scope);
    wake(WakeChannel::control);
}

std::vector<PauseView> MemoryStore::pauses() {
    const std::lock_guard lock{mutex_};
    std::vector<PauseView> views;
    for (const auto& [scope, view] : pauses_)
        views.push_back(view);
    return views;
}

bool MemoryStore::is_paused(std::string_view queue, std::string_view type,
                            std::string_view key) const {
    if (pauses_.empty()) return false;
    return std::ranges::any_of(scopes_of(queue, type, key),
                               [&](const Scope& scope) { return pauses_.contains(scope); });
}

void MemoryStore::tell_apart(const Scope& scope) {
    if (scope.kind != Scope::Kind::key) return;
    jobs_.tell_apart(scope.name, limits_.contains(scope) || pauses_.contains(scope));
}

}  // namespace errand::memory
