#include "store/sqlite/group_commit.hpp"

#include "base/failpoint.hpp"
#include "store/sqlite/futex.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>
#include <utility>

namespace errand::sqlite {

namespace {

constexpr std::uint32_t all_bits = 0xFFFF'FFFF;
constexpr std::uint32_t futex_bits = 32;

}  // namespace

GroupCommit::GroupCommit(Connection& connection, WakeFile& wake, Options options)
    : connection_(connection),
      wake_(wake),
      options_(std::move(options)),
      // IMMEDIATE: a transaction that began by reading could fail with BUSY whatever the timeout.
      begin_(connection.prepare("BEGIN IMMEDIATE")),
      commit_(connection.prepare("COMMIT")),
      rollback_(connection.prepare("ROLLBACK")) {
    connection_.execute("PRAGMA synchronous = NORMAL");
}

void GroupCommit::run(const std::function<void()>& work, Sync sync,
                      const std::function<void()>& visible) {
    Ticket ticket{
        .work = &work, .visible = &visible, .sync = options_.syncs ? sync : Sync::not_needed};
    bool leads = false;
    {
        const std::lock_guard lock{mutex_};
        waiting_.push_back(&ticket);
        ticket.bit = 1U << (next_bit_++ % futex_bits);
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

std::span<GroupCommit::Ticket*> GroupCommit::take_group(std::span<Ticket*> room) {
    const std::lock_guard lock{mutex_};
    const auto group = room.first(std::min(waiting_.size(), room.size()));
    const auto end = waiting_.begin() + static_cast<long>(group.size());
    std::copy(waiting_.begin(), end, group.begin());
    waiting_.erase(waiting_.begin(), end);
    return group;
}

void GroupCommit::lead() {
    await_company();
    // Nothing may throw here: the callers in line wait for their leader.
    std::array<Ticket*, max_group> room;
    const auto group = take_group(room);
    last_group_ = group.size();
    const bool on_disk = commit_together(group) == Sync::before_visible;
    auto* log = on_disk ? nullptr : log_file();
    pass_lead();
    // The next group is written while this one is on its way to the disk.
    if (log != nullptr) sync_log(*log, group);
    // The front of the group is the caller itself.
    for (std::size_t i = 1; i < group.size(); ++i)
        group[i]->turn = Turn::done;
    if (group.size() == 1) return;
    ++rounds_;
    futex_wake_bits(&rounds_, FutexScope::process, all_bits);
}

void GroupCommit::sync_log(sqlite3_file& log, std::span<Ticket* const> group) noexcept {
    constexpr auto wants_sync = [](const Ticket* ticket) {
        return ticket->sync == Sync::before_answer && !ticket->error;
    };
    if (log.pMethods == nullptr || std::ranges::none_of(group, wants_sync)) return;
    base::failpoint("group.before_sync");
    const int code = log.pMethods->xSync(&log, SQLITE_SYNC_NORMAL);
    base::failpoint("group.synced");
    if (code == SQLITE_OK) return;
    for (auto* ticket : group) {
        if (!wants_sync(ticket)) continue;
        try {
            throw_sqlite_error(nullptr, code, "syncing the log");
        } catch (...) {
            ticket->error = std::current_exception();
        }
    }
}

void GroupCommit::pass_lead() {
    std::uint32_t bit = 0;
    {
        const std::lock_guard lock{mutex_};
        if (waiting_.empty()) {
            led_ = false;
            return;
        }
        bit = waiting_.front()->bit;
        waiting_.front()->turn = Turn::lead;
    }
    ++rounds_;
    futex_wake_bits(&rounds_, FutexScope::process, bit);
}

GroupCommit::Turn GroupCommit::await_turn(const Ticket& ticket) {
    while (true) {
        const std::uint32_t round = rounds_;
        if (const Turn turn = ticket.turn; turn != Turn::wait) return turn;
        futex_wait_bits(rounds_, round, FutexScope::process, ticket.bit);
    }
}

Sync GroupCommit::commit_together(std::span<Ticket* const> group) {
    if (group.size() == 1) return commit_alone(*group.front());
    Sync sync = Sync::not_needed;
    for (const auto* ticket : group)
        sync = std::max(sync, ticket->sync);
    try {
        begin(sync);
    } catch (...) {
        // Nothing was begun, and trying again for each would wait as long for each.
        for (auto* ticket : group)
            ticket->error = std::current_exception();
        return Sync::not_needed;
    }
    try {
        for (const auto* ticket : group)
            (*ticket->work)();
        commit();
    } catch (...) {
        // Whose fault it was does not matter: alone, each gets its own answer.
        rollback();
        for (auto* ticket : group)
            (void)commit_alone(*ticket);
        return Sync::not_needed;
    }
    for (const auto* ticket : group)
        (*ticket->visible)();
    return sync;
}

Sync GroupCommit::commit_alone(Ticket& ticket) {
    try {
        begin(ticket.sync);
        (*ticket.work)();
        commit();
    } catch (...) {
        rollback();
        ticket.error = std::current_exception();
        return Sync::not_needed;
    }
    (*ticket.visible)();
    return ticket.sync;
}

void GroupCommit::begin(Sync sync) {
    rollback();  // of a transaction that could not be, for want of memory
    set_synchronous(sync);
    begin_.run();
    options_.begun();
}

void GroupCommit::commit() {
    options_.before_commit();
    base::failpoint("group.before_commit");
    commit_.run();
    options_.committed();
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

/// FULL syncs the log before a commit can be seen, NORMAL leaves that to lead(). Either way the log
/// is synced before a checkpoint.
void GroupCommit::set_synchronous(Sync sync) {
    const bool full = sync == Sync::before_visible;
    if (full == synchronous_full_) return;
    connection_.execute(full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
    synchronous_full_ = full;
}

sqlite3_file* GroupCommit::log_file() const noexcept {
    sqlite3_file* file = nullptr;
    sqlite3_file_control(connection_.get(), "main", SQLITE_FCNTL_JOURNAL_POINTER,
                         static_cast<void*>(&file));
    return file;
}

}  // namespace errand::sqlite
