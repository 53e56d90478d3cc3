#pragma once

#include "store/sqlite/connection.hpp"
#include "store/sqlite/event_log.hpp"
#include "store/sqlite/group_commit.hpp"
#include "store/sqlite/numbers.hpp"
#include "store/sqlite/sqlite_store.hpp"
#include "store/sqlite/wake_file.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace errand::sqlite {

/// The open database file with all that stands beside it: one writing connection behind the group
/// commit, reading connections made on demand, the wake file and the run folder. Thread-safe.
class Database {
public:
    explicit Database(SqliteStoreOptions options);

    [[nodiscard]] const SqliteStoreOptions& options() const noexcept { return options_; }
    [[nodiscard]] Timestamp now() const { return clock_->now(); }
    [[nodiscard]] WakeFile& wake() noexcept { return *wake_; }
    /// The path of `name` in the run folder.
    [[nodiscard]] std::string run_file(const std::string& name) const;
    /// All for write() work only.
    [[nodiscard]] Connection& writer() noexcept { return *writer_; }
    [[nodiscard]] Numbers& numbers() noexcept { return *numbers_; }
    [[nodiscard]] EventLog& events() noexcept { return *events_; }

    /// See GroupCommit::run().
    void write(
        const std::function<void()>& work, Sync sync = Sync::before_visible,
        const std::function<void()>& visible = [] {}) {
        commits_->run(work, sync, visible);
    }

    /// A reading connection, given back at the end of life. Its statements are prepared once and
    /// kept.
    class Reader {
    public:
        Reader(Database& database, std::unique_ptr<Connection> connection);
        ~Reader();
        Reader(Reader&&) noexcept = default;
        Reader& operator=(Reader&&) = delete;
        [[nodiscard]] Connection& operator*() const noexcept { return *connection_; }
        [[nodiscard]] Connection* operator->() const noexcept { return connection_.get(); }

    private:
        Database* database_;
        std::unique_ptr<Connection> connection_;
    };
    [[nodiscard]] Reader read();

private:
    [[nodiscard]] Connection::BusyHandler busy_handler();
    [[nodiscard]] std::unique_ptr<Connection> open(Connection::Mode mode);

    SqliteStoreOptions options_;
    const Clock* clock_;
    std::string run_folder_;
    std::unique_ptr<WakeFile> wake_;
    std::unique_ptr<Connection> writer_;
    std::unique_ptr<Numbers> numbers_;
    std::unique_ptr<EventLog> events_;
    std::unique_ptr<GroupCommit> commits_;
    std::mutex readers_mutex_;
    std::vector<std::unique_ptr<Connection>> idle_readers_;
};

}  // namespace errand::sqlite
