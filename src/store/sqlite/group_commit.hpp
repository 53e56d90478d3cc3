#pragma once

#include "store/sqlite/connection.hpp"
#include "store/sqlite/wake_file.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <span>
#include <vector>

namespace errand::sqlite {

/// One writer for all threads. Callers hand over pieces of work; the first to come carries out all
/// that have gathered in one transaction, so that a hundred waiting threads cost one fsync, as one
/// does. The next caller in line then takes over: there is no thread of its own, and a lone caller
/// pays for no hand-over. Thread-safe.
class GroupCommit {
public:
    /// Called inside each transaction, by the thread that carries it out.
    struct Hooks {
        std::function<void()> begun = [] {};
        std::function<void()> before_commit = [] {};  ///< may throw: the commit fails
    };
    /// `connection` is used by nobody else from now on.
    GroupCommit(Connection& connection, WakeFile& wake, Hooks hooks);
    GroupCommit(Connection& connection, WakeFile& wake) : GroupCommit(connection, wake, Hooks{}) {}

    /// Runs `work` inside a write transaction, perhaps together with others' work, and returns when
    /// it is committed. What `work` throws, and a failed commit, is thrown here and undoes this
    /// work alone. `work` may be run twice: when one of a group fails, each is tried again by
    /// itself.
    void run(const std::function<void()>& work);

private:
    enum class Turn : std::uint8_t { wait, lead, done };
    struct Ticket {
        const std::function<void()>* work;
        std::exception_ptr error{};
        /// The last thing that is written: once it is done the caller may be gone.
        std::atomic<Turn> turn{Turn::wait};
    };

    void await_company();
    void lead();
    [[nodiscard]] Turn await_turn(const Ticket& ticket);
    void commit_together(std::span<Ticket* const> group);
    void commit_alone(Ticket& ticket);
    void begin();
    void commit();
    void rollback() noexcept;

    /// More than this per transaction gains nothing and delays the first in line.
    static constexpr std::size_t max_group = 256;
    /// From this group size on a leader waits for as many again, for a fraction of an fsync.
    static constexpr std::size_t company = 4;
    static constexpr std::chrono::microseconds patience{150};

    Connection& connection_;
    WakeFile& wake_;
    Hooks hooks_;
    Statement begin_;
    Statement commit_;
    Statement rollback_;
    std::mutex mutex_;
    std::vector<Ticket*> waiting_;
    bool led_ = false;
    std::atomic<std::uint32_t> rounds_{0};  // futex: one call wakes a whole group
    std::size_t last_group_ = 0;            // of the leader
};

}  // namespace errand::sqlite
