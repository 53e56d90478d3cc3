#pragma once

#include "store/sqlite/connection.hpp"
#include "store/sqlite/wake_file.hpp"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>

namespace errand::sqlite {

/// One writer for all threads. Callers hand over pieces of work; the first to come carries out all that
/// have gathered in one transaction, so that a hundred waiting threads cost one fsync, as one does.
/// The next caller in line then takes over: there is no thread of its own, and a lone caller pays for
/// no hand-over. Thread-safe.
class GroupCommit {
public:
    /// `connection` is used by nobody else from now on.
    GroupCommit(Connection& connection, WakeFile& wake);

    /// Runs `work` inside a write transaction, perhaps together with others' work, and returns when it
    /// is committed. What `work` throws, and a failed commit, is thrown here and undoes this work
    /// alone. `work` may be run twice: when one of a group fails, each is tried again by itself.
    void run(const std::function<void()>& work);

private:
    struct Ticket {
        const std::function<void()>* work;
        bool done = false;
        bool leads = false;
        std::exception_ptr error{};
        std::condition_variable changed{};
    };

    void lead(std::unique_lock<std::mutex>& lock);
    void commit_together(const std::deque<Ticket*>& group);
    void commit_alone(Ticket& ticket);
    void begin();
    void commit();
    void rollback() noexcept;

    /// More than this per transaction gains nothing and delays the first in line.
    static constexpr std::size_t max_group = 256;

    Connection& connection_;
    WakeFile& wake_;
    Statement begin_;
    Statement commit_;
    std::mutex mutex_;
    std::deque<Ticket*> waiting_;
    bool led_ = false;
};

}  // namespace errand::sqlite
