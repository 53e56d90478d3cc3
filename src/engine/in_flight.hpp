#pragma once

#include "engine/execution.hpp"
#include "engine/queue_line.hpp"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace errand::engine {

/// All leases that the worker holds, queued, running and finished until their settlement is known:
/// a fixed number of slots, filled by the claimers and freed by the settler. Thread-safe; its lock
/// is never held while user code or the store runs.
class InFlight {
public:
    struct Options {
        std::vector<QueueGroup> groups;                        ///< a line for each
        std::vector<std::shared_ptr<Performer>> performers{};  ///< a line of all the queues each
        std::uint32_t prefetch = 0;    ///< leases beyond the threads, for all lines together
        std::uint32_t batch = 10'000;  ///< most places given out by one reserve()
    };
    InFlight(const Options& options, const HandlerRegistry& handlers,
             const ExecutionServices& services);

    [[nodiscard]] const std::vector<std::unique_ptr<QueueLine>>& lines() const { return lines_; }
    [[nodiscard]] std::uint32_t capacity() const noexcept { return capacity_; }

    /// Places to fill by a claim for `line`. 0: too few are free to be worth a claim; the line's
    /// claimer is signalled when that has changed.
    [[nodiscard]] std::uint32_t reserve(QueueLine& line);
    /// Gives back what reserve() gave.
    void cancel_reservation(QueueLine& line, std::uint32_t reserved);
    /// Fills reserved places, gives back the others, and lines the leases up.
    void admit(QueueLine& line, std::uint32_t reserved, std::vector<Lease> leases,
               const Admission& admission);
    /// The settlements of these are known: their places are free again.
    void release(std::span<Execution* const> executions);

    /// Calls visit(Execution&) for every held lease, under the lock.
    template <class F>
    void for_each(F visit) {
        const std::lock_guard lock{mutex_};
        if (held_ == 0) return;
        for (auto& execution : slots_) {
            if (execution.phase() != Phase::free) visit(execution);
        }
    }
    /// Runs `react` under the lock if the lease of `generation` is still in its slot.
    template <class F>
    void with(const Ticket& ticket, F react) {
        const std::lock_guard lock{mutex_};
        const auto& execution = *ticket.execution;
        if (execution.generation() != ticket.generation) return;
        if (execution.phase() != Phase::free) react(*ticket.execution);
    }

    /// Handlers running now.
    [[nodiscard]] std::uint32_t running();

    /// True: nothing is held now, and `waker` is notified when that changes.
    [[nodiscard]] bool sleep_if_empty(Signal& waker);
    /// Waits until nothing is held; false: `timeout` passed first.
    [[nodiscard]] bool wait_until_empty(Duration timeout);

private:
    [[nodiscard]] std::uint32_t room_locked(const QueueLine& line) const;
    [[nodiscard]] Execution& free_slot_locked();
    void wake_claimers_locked();

    const HandlerRegistry& handlers_;
    const ExecutionServices& services_;
    const std::uint32_t prefetch_;
    const std::uint32_t batch_;
    std::uint32_t capacity_ = 0;
    std::vector<std::unique_ptr<QueueLine>> lines_;

    std::mutex mutex_;
    std::condition_variable emptied_;
    std::deque<Execution> slots_;  ///< grows up to capacity_; addresses are stable
    std::vector<Execution*> free_;
    std::uint32_t held_ = 0;  ///< leases in slots
    Signal* waker_ = nullptr;
};

}  // namespace errand::engine
