#include "store/sqlite/group_commit.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

namespace errand::sqlite {

GroupCommit::GroupCommit(Connection& connection, WakeFile& wake)
    : connection_(connection),
      wake_(wake),
      // IMMEDIATE: a transaction that began by reading could fail with BUSY whatever the timeout.
      begin_(connection.prepare("BEGIN IMMEDIATE")),
      commit_(connection.prepare("COMMIT")) {}

void GroupCommit::run(const std::function<void()>& work) {
    Ticket ticket{.work = &work};
    std::unique_lock lock{mutex_};
    waiting_.push_back(&ticket);
    if (led_) {
        ticket.changed.wait(lock, [&] { return ticket.done || ticket.leads; });
    } else {
        led_ = true;
    }
    if (!ticket.done) lead(lock);
    if (ticket.error) std::rethrow_exception(ticket.error);
}

void GroupCommit::lead(std::unique_lock<std::mutex>& lock) {
    const auto size = std::min(waiting_.size(), max_group);
    const std::deque<Ticket*> group{waiting_.begin(), waiting_.begin() + static_cast<long>(size)};
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<long>(size));
    lock.unlock();
    commit_together(group);
    lock.lock();
    for (auto* ticket : group) {
        ticket->done = true;
        ticket->changed.notify_one();
    }
    if (waiting_.empty()) {
        led_ = false;
    } else {
        waiting_.front()->leads = true;
        waiting_.front()->changed.notify_one();
    }
}

void GroupCommit::commit_together(const std::deque<Ticket*>& group) {
    if (group.size() == 1) return commit_alone(*group.front());
    try {
        begin();
        for (const auto* ticket : group) (*ticket->work)();
        commit();
    } catch (...) {
        // Whose fault it was does not matter: alone, each gets its own answer.
        rollback();
        for (auto* ticket : group) commit_alone(*ticket);
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

void GroupCommit::begin() { begin_.run(); }

void GroupCommit::commit() {
    commit_.run();
    // Another process waits for the file: stay away long enough for it to get in.
    if (wake_.pass_turn()) std::this_thread::sleep_for(std::chrono::microseconds{50});
}

void GroupCommit::rollback() noexcept {
    if (sqlite3_get_autocommit(connection_.get()) == 0) {
        sqlite3_exec(connection_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
    }
}

}  // namespace errand::sqlite
