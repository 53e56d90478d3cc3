#pragma once

#include "engine/execution.hpp"
#include "engine/signal.hpp"

#include <atomic>
#include <vector>

namespace errand::engine {

/// Executions whose settlement is decided, on their way to the settler: many threads push, one
/// takes all. A stack by exchange, so that a push costs one atomic operation per job.
class FinishedList {
public:
    void set_taker(Signal& taker) { taker_ = &taker; }

    void push(Execution& execution) {
        auto* head = head_.load(std::memory_order_relaxed);
        do {
            execution.next_finished = head;
        } while (!head_.compare_exchange_weak(head, &execution, std::memory_order_acq_rel,
                                              std::memory_order_relaxed));
        if (head == nullptr) taker_->notify();
    }

    /// Appends all to `out`, oldest first.
    void take_all(std::vector<Execution*>& out);

private:
    std::atomic<Execution*> head_{nullptr};
    Signal* taker_ = nullptr;
};

}  // namespace errand::engine
