#include "cli/store_settings.hpp"

#include <algorithm>

namespace errand::cli {

void apply(const StoreSettings& settings, Client& client) {
    if (!settings.queues.empty()) {
        const auto present = client.queue_settings();
        for (const auto& [queue, wanted] : settings.queues) {
            const auto found = present.find(queue);
            const auto now = found == present.end() ? QueueSettings{} : found->second;
            if (now != wanted) client.set_queue_settings(queue, wanted);
        }
    }
    if (settings.limits.empty()) return;
    const auto present = client.limits();
    for (const auto& wanted : settings.limits) {
        const bool same = std::ranges::any_of(
            present, [&](const LimitView& view) { return view.limit == wanted; });
        if (!same) client.set_limit(wanted);
    }
}

}  // namespace errand::cli
