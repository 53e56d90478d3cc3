#pragma once

#include <errand/limits.hpp>
#include <errand/store/job_path.hpp>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace errand::memory {

/// The wake channels within one process. Thread-safe. Waits are in real time, whatever clock
/// the store has.
class WakeBoard {
public:
    [[nodiscard]] std::uint32_t generation(WakeChannel channel) const noexcept {
        const std::lock_guard lock{mutex_};
        return slot(channel).generation;
    }

    std::uint32_t wait(WakeChannel channel, std::uint32_t seen, Duration timeout) {
        std::unique_lock lock{mutex_};
        const Slot& waited = slot(channel);
        waited.changed.wait_for(lock, std::min(timeout, max_duration),
                                [&] { return waited.generation != seen; });
        return waited.generation;
    }

    void wake(WakeChannel channel) noexcept {
        const std::lock_guard lock{mutex_};
        auto& woken = slots_[static_cast<std::size_t>(channel)];
        ++woken.generation;
        woken.changed.notify_all();
    }

private:
    struct Slot {
        std::uint32_t generation = 0;
        mutable std::condition_variable changed;
    };
    [[nodiscard]] const Slot& slot(WakeChannel channel) const noexcept {
        return slots_[static_cast<std::size_t>(channel)];
    }

    mutable std::mutex mutex_;
    std::array<Slot, wake_channel_count> slots_;
};

}  // namespace errand::memory
