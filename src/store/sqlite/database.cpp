#include "store/sqlite/database.hpp"

#include "store/sqlite/boot.hpp"
#include "store/sqlite/schema.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string_view>

#include <sys/statfs.h>

namespace errand::sqlite {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kept_readers = 4;

/// One name for the file however it is reached, so that all processes share one run folder.
std::string canonical_path(const std::string& path) {
    if (path.empty()) {
        throw Error(ErrorCode::invalid_argument, "sqlite: the path is empty; use sqlite:PATH");
    }
    std::error_code error;
    if (fs::is_directory(path, error)) {
        throw Error(ErrorCode::store_unavailable,
                    fmt::format("sqlite {}: is a folder; name a file in it", path));
    }
    const auto folder = fs::absolute(path).parent_path();
    if (!fs::is_directory(folder, error)) {
        throw Error(ErrorCode::store_unavailable,
                    fmt::format("sqlite {}: the folder {} does not exist; create it", path,
                                folder.string()));
    }
    return fs::weakly_canonical(path, error).string();
}

/// WAL keeps its index in shared memory, which does not reach across a network.
void refuse_network_file_system(const std::string& path) {
    struct statfs info {};
    if (::statfs(fs::path{path}.parent_path().c_str(), &info) != 0) return;
    constexpr std::array<std::uint64_t, 5> network{0x6969, 0x517B, 0xFF534D42, 0xFE534D42,
                                                   0x01021997};
    if (std::ranges::find(network, static_cast<std::uint64_t>(info.f_type)) == network.end())
        return;
    throw Error(
        ErrorCode::store_unavailable,
        fmt::format("sqlite {}: lies on a network file system, where SQLite's shared memory "
                    "does not work; use a local disk, or a server store",
                    path));
}

std::string create_run_folder(const std::string& database_path) {
    auto folder = database_path + "-run";
    std::error_code error;
    fs::create_directory(folder, error);
    if (error) {
        throw Error(ErrorCode::store_unavailable,
                    fmt::format("{}: creating the folder failed: {}; check the permissions of the "
                                "folder it stands in",
                                folder, error.message()));
    }
    return folder;
}

/// SQLite does not wait here for a process that is making the file as well: each of two that did
/// could wait for the other. It gives up its own lock at once, so trying again is enough.
void use_write_ahead_log(const Connection& connection, std::chrono::milliseconds timeout) {
    const auto until = std::chrono::steady_clock::now() + timeout;
    while (true) {
        try {
            return connection.execute("PRAGMA journal_mode = WAL");
        } catch (const Error&) {
            const bool busy = sqlite3_errcode(connection.get()) == SQLITE_BUSY;
            if (!busy || std::chrono::steady_clock::now() > until) throw;
        }
        sqlite3_sleep(1);
    }
}

}  // namespace

Database::Database(SqliteStoreOptions options)
    : options_(std::move(options)),
      clock_(options_.clock != nullptr ? options_.clock : &system_clock()) {
    idle_readers_.reserve(kept_readers);  // giving one back may not fail
    options_.path = canonical_path(options_.path);
    refuse_network_file_system(options_.path);
    // Opened and checked first: a file that is refused gets no run folder.
    auto first =
        std::make_unique<Connection>(options_.path, Connection::Mode::read_write_create,
                                     [timeout = options_.busy_timeout](int calls) {
                                         sqlite3_sleep(1);
                                         return calls < timeout / std::chrono::milliseconds{1};
                                     });
    use_write_ahead_log(*first,
                        std::chrono::ceil<std::chrono::milliseconds>(options_.busy_timeout));
    migrate(*first, now());
    note_boot(*first, options_.boot.value_or(boot_number()), now());
    first.reset();
    run_folder_ = create_run_folder(options_.path);
    wake_ = std::make_unique<WakeFile>(run_file("wake"));
    writer_ = open(Connection::Mode::read_write_create);
    numbers_ = std::make_unique<Numbers>(*writer_);
    events_ = std::make_unique<EventLog>(*writer_, wake_.get());
    commits_ = std::make_unique<GroupCommit>(
        *writer_, *wake_,
        GroupCommit::Options{.syncs = options_.durability == SqliteStoreOptions::Durability::full,
                             .begun =
                                 [this] {
                                     numbers_->forget();
                                     events_->begin();
                                 },
                             .before_commit =
                                 [this] {
                                     numbers_->flush();
                                     events_->before_commit();
                                 },
                             .committed = [this] { events_->committed(); }});
}

std::string Database::run_file(const std::string& name) const {
    return run_folder_ + "/" + name;
}

std::unique_ptr<Connection> Database::open(Connection::Mode mode) {
    auto connection = std::make_unique<Connection>(options_.path, mode, busy_handler());
    connection->execute("PRAGMA synchronous = NORMAL");  // the group commit syncs where it must
    connection->execute("PRAGMA cache_size = -16384");   // KiB
    connection->execute("PRAGMA mmap_size = 268435456");
    connection->execute("PRAGMA temp_store = MEMORY");
    connection->execute("PRAGMA wal_autocheckpoint = 8000");  // pages: 32 MiB
    connection->execute("PRAGMA journal_size_limit = 67108864");
    return connection;
}

Connection::BusyHandler Database::busy_handler() {
    return [this, waited_since = std::chrono::steady_clock::time_point{}](int calls) mutable {
        const auto now = std::chrono::steady_clock::now();
        if (calls == 0) waited_since = now;
        if (now - waited_since > options_.busy_timeout) return false;
        wake_->wait_for_turn(std::chrono::milliseconds{1});
        return true;
    };
}

Database::Reader Database::read() {
    {
        const std::lock_guard lock{readers_mutex_};
        if (!idle_readers_.empty()) {
            auto connection = std::move(idle_readers_.back());
            idle_readers_.pop_back();
            return {*this, std::move(connection)};
        }
    }
    return {*this, open(Connection::Mode::read_write_create)};
}

Database::Reader::Reader(Database& database, std::unique_ptr<Connection> connection)
    : database_(&database), connection_(std::move(connection)) {}

Database::Reader::~Reader() {
    if (!connection_) return;
    const std::lock_guard lock{database_->readers_mutex_};
    if (database_->idle_readers_.size() < kept_readers) {
        database_->idle_readers_.push_back(std::move(connection_));
    }
}

}  // namespace errand::sqlite
