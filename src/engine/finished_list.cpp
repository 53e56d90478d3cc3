#include "engine/finished_list.hpp"

#include <algorithm>
#include <utility>

namespace errand::engine {

void FinishedList::take_all(std::vector<Execution*>& out) {
    const auto from = static_cast<std::ptrdiff_t>(out.size());
    auto* execution = head_.exchange(nullptr, std::memory_order_acquire);
    while (execution != nullptr) {
        out.push_back(execution);
        execution = std::exchange(execution->next_finished, nullptr);
    }
    std::reverse(out.begin() + from, out.end());
}

}  // namespace errand::engine
