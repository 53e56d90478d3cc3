#pragma once

#include <errand/context.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace errand::engine {

/// What the worker and one isolated process see of each other without a message.
struct SharedSlot {
    /// The job that the process performs now; 0: none. Written by the process.
    std::atomic<std::uint64_t> performing;
    /// The job that is asked to stop, and in the lowest byte why. Written by the worker.
    std::atomic<std::uint64_t> stop;
    /// A futex that is rung when `stop` changes.
    std::atomic<std::uint32_t> bell;
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

/// Asks the job of that number to stop.
void request_stop(SharedSlot& slot, std::uint64_t number, StopReason reason) noexcept;
/// Why the job of that number is to stop.
[[nodiscard]] StopReason stop_reason(const SharedSlot& slot, std::uint64_t number) noexcept;
/// Wakes whoever waits for the bell.
void ring(SharedSlot& slot) noexcept;
/// Waits until the bell has been rung since it read `seen`.
void wait_for_bell(const SharedSlot& slot, std::uint32_t seen) noexcept;

/// Memory that this process shares with those that it forks afterwards.
class SharedSlots {
public:
    /// Throws std::system_error when there is no memory.
    explicit SharedSlots(std::size_t count);
    ~SharedSlots();
    SharedSlots(const SharedSlots&) = delete;
    SharedSlots& operator=(const SharedSlots&) = delete;

    [[nodiscard]] SharedSlot& operator[](std::size_t index) noexcept { return slots_[index]; }

private:
    SharedSlot* slots_ = nullptr;
    std::size_t bytes_ = 0;
};

}  // namespace errand::engine
