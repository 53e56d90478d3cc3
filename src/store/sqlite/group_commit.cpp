#include "store/sqlite/group_commit.hpp"

#include "base/failpoint.hpp"
#include "store/sqlite/futex.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <climits>
#include <thread>
#include <utility>

namespace errand::sqlite {

GroupCommit::GroupCommit(Connection& connection, WakeFile& wake, Hooks hooks)
    : connection_(connection),
      wake_(wake),
      hooks_(std::move(hooks)),
      // IMMEDIATE: a transaction that began by reading could fail with BUSY whatever the timeout.
      begin_(connection.prepare("BEGIN IMMEDIATE")),
      commit_(connection.prepare("COMMIT")),
      rollback_(connection.prepare("ROLLBACK")) {}

void GroupCommit::run(const std::function<void()>& work) {
    Ticket ticket{.work = &work};
    bool leads = false;
    {
        const std::lock_guard lock{mutex_};
        waiting_.push_back(&ticket);
        leads = !std::exchange(led_, true);
    }
    if (!leads) leads = await_turn(ticket) == Turn::lead;
    if (leads) lead();
    if (ticket.error) std::rethrow_exception(ticket.error);
}

/// The callers of the last group are often back in a moment; waiting for them lets them share an
/// fsync instead of finding it begun. A lone caller never waits.
void GroupCommit::await_company() {
    if (last_group_ < company) return;
    const auto until = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < until) {
        {
            const std::lock_guard lock{mutex_};
            if (waiting_.size() >= last_group_) return;
        }
        std::this_thread::yield();
    }
}

void GroupCommit::lead() {
    await_company();
    // Nothing may throw here: the callers in line wait for their leader.
    std::array<Ticket*, max_group> taken;
    std::span<Ticket*> group;
    {
        const std::lock_guard lock{mutex_};
        group = std::span{taken}.first(std::min(waiting_.size(), max_group));
        const auto end = waiting_.begin() + static_cast<long>(group.size());
        std::copy(waiting_.begin(), end, group.begin());
        waiting_.erase(waiting_.begin(), end);
    }
    last_group_ = group.size();
    commit_together(group);
    Ticket* next = nullptr;
    {
        const std::lock_guard lock{mutex_};
        if (waiting_.empty()) {
            led_ = false;
        } else {
            next = waiting_.front();
        }
    }
    // The front of the group is the caller itself.
    for (std::size_t i = 1; i < group.size(); ++i)
        group[i]->turn = Turn::done;
    if (next != nullptr) next->turn = Turn::lead;
    if (next == nullptr && group.size() == 1) return;
    ++rounds_;
    futex_wake(&rounds_, FutexScope::process, INT_MAX);
}

GroupCommit::Turn GroupCommit::await_turn(const Ticket& ticket) {
    while (true) {
        const std::uint32_t round = rounds_;
        if (const Turn turn = ticket.turn; turn != Turn::wait) return turn;
        futex_wait(rounds_, round, FutexScope::process);
    }
}

void GroupCommit::commit_together(std::span<Ticket* const> group) {
    if (group.size() == 1) return commit_alone(*group.front());
    try {
        begin();
    } catch (...) {
        // Nothing was begun, and trying again for each would wait as long for each.
        for (auto* ticket : group)
            ticket->error = std::current_exception();
        return;
    }
    try {
        for (const auto* ticket : group)
            (*ticket->work)();
        commit();
    } catch (...) {
        // Whose fault it was does not matter: alone, each gets its own answer.
        rollback();
        for (auto* ticket : group)
            commit_alone(*ticket);
    }
}

void GroupCommit::commit_alone(Ticket& ticket) {
    try {
        begin();
        (*ticket.work)();
        commit();
    } catch (...) {
        rollback();
        ticket.error = std::current_exception();
    }
}

void GroupCommit::begin() {
    rollback();  // of a transaction that could not be, for want of memory
    begin_.run();
    hooks_.begun();
}

void GroupCommit::commit() {
    hooks_.before_commit();
    base::failpoint("group.before_commit");
    commit_.run();
    base::failpoint("group.committed");
    // Another process waits for the file: stay away long enough for it to get in.
    if (wake_.pass_turn()) std::this_thread::sleep_for(std::chrono::microseconds{50});
}

void GroupCommit::rollback() noexcept {
    if (sqlite3_get_autocommit(connection_.get()) != 0) return;
    try {
        rollback_.run();
    } catch (...) {
        return;  // tried again before the next transaction
    }
}

}  // namespace errand::sqlite
