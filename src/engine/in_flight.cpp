#include "engine/in_flight.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace errand::engine {
namespace {

/// A smaller prefetch is one claim, a larger one two.
constexpr std::uint32_t worth_halving = 64;

std::uint32_t excess(const QueueLine& line) noexcept {
    return line.held > line.concurrency ? line.held - line.concurrency : 0;
}

/// All queues in one group. Queues that do not share threads take turns.
QueueGroup all_of(const std::vector<QueueGroup>& groups) {
    if (groups.size() == 1) return groups.front();
    QueueGroup all;
    all.choice = QueueChoice::weighted;
    for (const auto& group : groups)
        all.queues.insert(all.queues.end(), group.queues.begin(), group.queues.end());
    return all;
}

}  // namespace

InFlight::InFlight(const Options& options, const HandlerRegistry& handlers,
                   const ExecutionServices& services)
    : handlers_(handlers), services_(services), prefetch_(options.prefetch), batch_(options.batch) {
    capacity_ = prefetch_;
    for (const auto& group : options.groups) {
        lines_.push_back(std::make_unique<QueueLine>(group));
        capacity_ += group.concurrency;
    }
    for (const auto& performer : options.performers) {
        lines_.push_back(std::make_unique<QueueLine>(all_of(options.groups), *performer));
        capacity_ += lines_.back()->concurrency;
    }
}

/// Places that a claim for `line` may fill now; 0 when a claim is not worth it yet. Every line has
/// its threads' number for itself, the prefetch is shared: so the slots always suffice.
std::uint32_t InFlight::room_locked(const QueueLine& line) const {
    std::uint32_t used = 0;
    for (const auto& each : lines_)
        used += excess(*each);
    const auto own = excess(line);
    // A share that other lines hold is nothing to wait for: that would leave threads idle.
    const auto wanted = std::min(line.wanted_prefetch(prefetch_), own + prefetch_ - used);
    const auto more = wanted > own ? wanted - own : 0;
    const auto idle = line.held < line.concurrency ? line.concurrency - line.held : 0;
    const auto room = idle + more;
    const auto half = std::max<std::uint32_t>(1, (wanted + 1) / 2);
    if (room < half) return 0;
    // Many in halves: one is claimed while the other runs and is settled.
    const auto most = wanted < worth_halving ? room : std::max(half, line.concurrency);
    return std::min({room, most, batch_});
}

std::uint32_t InFlight::reserve(QueueLine& line) {
    const std::lock_guard lock{mutex_};
    const auto room = room_locked(line);
    line.held += room;
    line.claimer_waits = room == 0;
    return room;
}

void InFlight::cancel_reservation(QueueLine& line, std::uint32_t reserved) {
    const std::lock_guard lock{mutex_};
    line.held -= reserved;
    wake_claimers_locked();
}

Execution& InFlight::free_slot_locked() {
    if (free_.empty()) {
        assert(slots_.size() < capacity_);
        return slots_.emplace_back(static_cast<std::uint32_t>(slots_.size()), services_);
    }
    auto& execution = *free_.back();
    free_.pop_back();
    return execution;
}

void InFlight::admit(QueueLine& line, std::uint32_t reserved, std::vector<Lease> leases,
                     const Admission& admission) {
    std::vector<Ticket> tickets;
    tickets.reserve(leases.size());
    {
        const std::lock_guard lock{mutex_};
        for (auto& lease : leases) {
            const auto* handler = handlers_.find(lease.type);
            assert(handler != nullptr && "the store gave a type that was not asked for");
            auto& execution = free_slot_locked();
            execution.begin_lease(std::move(lease), line, *handler, admission);
            tickets.push_back({&execution, execution.generation()});
        }
        const auto count = static_cast<std::uint32_t>(tickets.size());
        held_ += count;
        line.held -= reserved - count;
        if (count > 0 && waker_ != nullptr) std::exchange(waker_, nullptr)->notify();
    }
    line.ready.push(tickets);
}

void InFlight::release(std::span<Execution* const> executions) {
    const std::lock_guard lock{mutex_};
    for (auto* execution : executions) {
        --execution->line().held;
        --held_;
        if (execution->phase() == Phase::abandoned) continue;  // its handler still uses it
        execution->end_lease();
        free_.push_back(execution);
    }
    if (held_ == 0) emptied_.notify_all();
    wake_claimers_locked();
}

void InFlight::wake_claimers_locked() {
    for (const auto& line : lines_) {
        if (!line->claimer_waits || room_locked(*line) == 0) continue;
        line->claimer_waits = false;
        line->claimer->notify();
    }
}

std::uint32_t InFlight::running() {
    std::uint32_t count = 0;
    for_each([&](const Execution& execution) {
        if (execution.phase() == Phase::running) ++count;
    });
    return count;
}

bool InFlight::sleep_if_empty(Signal& waker) {
    const std::lock_guard lock{mutex_};
    if (held_ != 0) return false;
    waker_ = &waker;
    return true;
}

bool InFlight::wait_until_empty(Duration timeout) {
    std::unique_lock lock{mutex_};
    return emptied_.wait_for(lock, timeout, [this] { return held_ == 0; });
}

}  // namespace errand::engine
