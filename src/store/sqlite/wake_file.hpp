#pragma once

#include "store/sqlite/mapped_file.hpp"

#include <errand/store/job_path.hpp>

#include <atomic>
#include <cstdint>
#include <string>

namespace errand::sqlite {

/// Wakes threads of all processes that share a store: a page of generation numbers, one per
/// channel, in a mapped file, with a futex on each. Waking costs an increment, and a system call
/// only when somebody waits; waiting costs nothing while asleep. Bump a channel *after* the commit
/// whose news it carries. Thread-safe.
class WakeFile {
public:
    explicit WakeFile(const std::string& path);

    [[nodiscard]] std::uint32_t generation(WakeChannel channel) const noexcept;
    /// Returns when the generation is not `seen` or after `timeout`, or early without a reason.
    void wait(WakeChannel channel, std::uint32_t seen, Duration timeout) noexcept;
    void wake(WakeChannel channel) noexcept;

    /// For writers that found the database locked: sleeps until a writer of another process says
    /// that it is done, or for `timeout`.
    void wait_for_turn(Duration timeout) noexcept;
    /// Called after each write transaction. True: somebody has waited for a turn just now.
    [[nodiscard]] bool pass_turn() noexcept;

private:
    struct Cell {
        std::atomic<std::uint32_t> generation;
        std::atomic<std::uint32_t>
            waiters;  // too high after a waiter was killed: costs a system call
    };
    struct Page {
        Cell channels[wake_channel_count];
        Cell turn;
        std::atomic<std::int64_t> turn_wanted_ms;  // CLOCK_MONOTONIC of the last wait for a turn
    };
    static_assert(std::atomic<std::uint32_t>::is_always_lock_free);
    static_assert(std::atomic<std::int64_t>::is_always_lock_free);

    static void wait_on(Cell& cell, std::uint32_t seen, Duration timeout) noexcept;
    static void wake_all(Cell& cell) noexcept;
    [[nodiscard]] Page& page() const noexcept { return *reinterpret_cast<Page*>(file_.data()); }

    MappedFile file_;
};

}  // namespace errand::sqlite
