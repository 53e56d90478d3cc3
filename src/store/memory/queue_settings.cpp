#include "core/validate.hpp"
#include "store/memory/memory_store.hpp"

namespace errand::memory {

void MemoryStore::set_queue_settings(std::string_view queue, const QueueSettings& settings) {
    core::validate_queue(queue);
    core::validate(settings);
    const std::lock_guard lock{mutex_};
    orders_.set(queue, settings, now());
    // A key may have more turns now, or need none.
    std::vector<KeyLines::Name> names;
    for (const auto& [name, line] : jobs_.keys().all()) {
        if (std::get<0>(name) == queue) names.push_back(name);
    }
    for (const auto& [its_queue, key] : names)
        admit_next(its_queue, key);
    wake(WakeChannel::work);
    wake(WakeChannel::control);
}

std::map<std::string, QueueSettings> MemoryStore::queue_settings() {
    const std::lock_guard lock{mutex_};
    return {orders_.all().begin(), orders_.all().end()};
}

}  // namespace errand::memory
