#include "engine/ready_queue.hpp"

#include <algorithm>

namespace errand::engine {

void ReadyQueue::push(std::span<const Ticket> tickets) {
    if (tickets.empty()) return;
    const std::lock_guard lock{mutex_};
    tickets_.insert(tickets_.end(), tickets.begin(), tickets.end());
    wake_one_locked();
}

void ReadyQueue::take(std::vector<Ticket>& out, std::size_t max, std::size_t sharers) {
    const std::lock_guard lock{mutex_};
    const auto share =
        std::max<std::size_t>(1, tickets_.size() / std::max<std::size_t>(1, sharers));
    const auto count = std::min({tickets_.size(), share, max});
    const auto end = tickets_.begin() + static_cast<std::ptrdiff_t>(count);
    out.assign(tickets_.begin(), end);
    tickets_.erase(tickets_.begin(), end);
    if (!tickets_.empty()) wake_one_locked();
}

bool ReadyQueue::wait() {
    std::unique_lock lock{mutex_};
    ++sleeping_;
    changed_.wait(lock, [this] { return closed_ || !tickets_.empty(); });
    --sleeping_;
    return !closed_;
}

void ReadyQueue::close() {
    const std::lock_guard lock{mutex_};
    closed_ = true;
    changed_.notify_all();
}

void ReadyQueue::wake_one_locked() {
    if (sleeping_ > 0) changed_.notify_one();
}

}  // namespace errand::engine
