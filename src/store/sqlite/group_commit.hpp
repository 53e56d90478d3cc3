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

/// When a piece of work must be on the disk. What a group needs is the strictest that a piece in it
/// needs.
enum class Sync : std::uint8_t {
    /// Never, of itself: losing it with the power does no harm, as everybody who acted on it is
    /// gone as well. A later sync covers it.
    not_needed,
    /// Before the caller is answered. Others may see it, and act on it, while it is on its way.
    before_answer,
    /// Before anybody can see it.
    before_visible,
};

/// One writer for all threads. Callers hand over pieces of work; the first to come carries out all
/// that have gathered in one transaction, so that a hundred waiting threads cost one fsync, as one
/// does. The next caller in line then takes over: there is no thread of its own, and a lone caller
/// pays for no hand-over. Thread-safe.
class GroupCommit {
public:
    struct Options {
        /// False: nothing is ever synced here; a power cut may take the newest commits.
        bool syncs = true;
        // Called inside each transaction, by the thread that carries it out.
        std::function<void()> begun = [] {};
        std::function<void()> before_commit = [] {};  ///< may throw: the commit fails
        std::function<void()> committed = [] {};      ///< must not throw
    };
    /// `connection` is used by nobody else from now on.
    GroupCommit(Connection& connection, WakeFile& wake, Options options);

    /// Runs `work` inside a write transaction, perhaps together with others' work, and returns when
    /// it is committed, and synced if `sync` asks for it. What `work` throws, and a failed commit,
    /// is thrown here and undoes this work alone; after a failed sync alone (store_unavailable) the
    /// work may stand. `work` may be run twice: when one of a group fails, each is tried again by
    /// itself. `visible` is called as soon as others can see the work; it must not throw.
    void run(
        const std::function<void()>& work, Sync sync = Sync::before_visible,
        const std::function<void()>& visible = [] {});

private:
    enum class Turn : std::uint8_t { wait, lead, done };
    struct Ticket {
        const std::function<void()>* work;
        const std::function<void()>* visible;
        Sync sync;
        std::uint32_t bit = 0;  ///< by which its sleep is told from those of others
        std::exception_ptr error{};
        /// The last thing that is written: once it is done the caller may be gone.
        std::atomic<Turn> turn{Turn::wait};
    };

    void await_company();
    void lead();
    [[nodiscard]] std::span<Ticket*> take_group(std::span<Ticket*> room);
    void pass_lead();
    [[nodiscard]] Turn await_turn(const Ticket& ticket);
    /// How all of it is on the disk by now.
    Sync commit_together(std::span<Ticket* const> group);
    Sync commit_alone(Ticket& ticket);
    static void sync_log(sqlite3_file& log, std::span<Ticket* const> group) noexcept;
    void begin(Sync sync);
    void commit();
    void rollback() noexcept;
    void set_synchronous(Sync sync);
    [[nodiscard]] sqlite3_file* log_file() const noexcept;

    /// More than this per transaction gains nothing and delays the first in line.
    static constexpr std::size_t max_group = 256;
    /// From this group size on a leader waits for as many again, for a fraction of an fsync.
    static constexpr std::size_t company = 4;
    static constexpr std::chrono::microseconds patience{150};

    Connection& connection_;
    WakeFile& wake_;
    Options options_;
    Statement begin_;
    Statement commit_;
    Statement rollback_;
    std::mutex mutex_;
    std::vector<Ticket*> waiting_;
    bool led_ = false;
    std::uint32_t next_bit_ = 0;
    std::atomic<std::uint32_t> rounds_{0};  // futex: one call wakes a whole group
    // Of the leader.
    std::size_t last_group_ = 0;
    bool synchronous_full_ = false;
};

}  // namespace errand::sqlite
