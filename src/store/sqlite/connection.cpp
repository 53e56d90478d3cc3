#include "store/sqlite/connection.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace errand::sqlite {

namespace {

struct Remedy {
    ErrorCode code;
    std::string_view text;
};

Remedy remedy_for(int sqlite_code) {
    switch (sqlite_code & 0xff) {
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return {ErrorCode::store_corrupt,
                    "the file is damaged or no SQLite database; restore it from a backup"};
        case SQLITE_FULL:
            return {ErrorCode::store_unavailable, "the disk is full; free space and try again"};
        case SQLITE_READONLY:
        case SQLITE_PERM:
            return {ErrorCode::store_unavailable,
                    "the file or its folder cannot be written; check their permissions"};
        case SQLITE_CANTOPEN:
            return {ErrorCode::store_unavailable,
                    "it cannot be opened; check the permissions of the file and its folder"};
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return {ErrorCode::store_unavailable,
                    "another process held the file for too long; look for a stopped process or a "
                    "long transaction on it"};
        case SQLITE_NOMEM:
            return {ErrorCode::store_unavailable, "out of memory"};
        case SQLITE_IOERR:
            return {ErrorCode::store_unavailable,
                    "reading or writing the disk failed; check the disk and its free space"};
        default:
            return {ErrorCode::store_unavailable, "SQLite refused"};
    }
}

int call_busy_handler(void* handler, int calls_before) {
    return (*static_cast<Connection::BusyHandler*>(handler))(calls_before) ? 1 : 0;
}

}  // namespace

void throw_sqlite_error(sqlite3* db, int code, std::string_view doing) {
    const char* file = db != nullptr ? sqlite3_db_filename(db, "main") : nullptr;
    const auto remedy = remedy_for(code);
    const std::string where = file != nullptr && *file != '\0' ? fmt::format(" {}", file) : "";
    throw Error(remedy.code,
                fmt::format("sqlite{}: {} failed: {} ({})", where, doing, remedy.text,
                            db != nullptr ? sqlite3_errmsg(db) : sqlite3_errstr(code)));
}

Statement::Statement(sqlite3* db, std::string_view sql) {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(db, sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) throw_sqlite_error(db, code, "preparing a statement");
    statement_.reset(statement);
}

bool Statement::Rows::next() {
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    throw_sqlite_error(sqlite3_db_handle(statement_), code, "reading");
}

JobId Statement::Rows::job_id(int column) const noexcept {
    JobId id;
    const auto bytes = text(column);
    std::memcpy(id.bytes.data(), bytes.data(), std::min(bytes.size(), id.bytes.size()));
    return id;
}

std::int64_t Statement::finish() {
    int code = sqlite3_step(statement_.get());
    while (code == SQLITE_ROW)
        code = sqlite3_step(statement_.get());
    auto* db = sqlite3_db_handle(statement_.get());
    if (code != SQLITE_DONE) {
        // The error text belongs to the connection: read it before the reset.
        try {
            throw_sqlite_error(db, code, "writing");
        } catch (...) {
            sqlite3_reset(statement_.get());
            throw;
        }
    }
    const auto changes = sqlite3_changes64(db);
    sqlite3_reset(statement_.get());
    return changes;
}

Connection::Connection(const std::string& path, Mode mode, BusyHandler busy)
    : busy_(std::make_unique<BusyHandler>(std::move(busy))) {
    const int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                      (mode == Mode::read_only ? SQLITE_OPEN_READONLY
                                               : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    sqlite3* db = nullptr;
    const int code = sqlite3_open_v2(path.c_str(), &db, flags, nullptr);
    db_.reset(db);
    if (code != SQLITE_OK) throw_sqlite_error(db, code, "opening " + path);
    sqlite3_busy_handler(db, call_busy_handler, busy_.get());
    const int known = register_number_list(db);
    if (known != SQLITE_OK) throw_sqlite_error(db, known, "opening " + path);
}

void Connection::execute(const std::string& sql) const {
    const int code = sqlite3_exec(db_.get(), sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) throw_sqlite_error(db_.get(), code, "running a statement");
}

std::int64_t Connection::query_int64(std::string_view sql) const {
    auto statement = prepare(sql);
    auto rows = statement.query();
    return rows.next() ? rows.int64(0) : 0;
}

std::string Connection::query_string(std::string_view sql) const {
    auto statement = prepare(sql);
    auto rows = statement.query();
    return rows.next() ? rows.string(0) : std::string{};
}

Statement& Connection::statement(std::string_view sql) {
    const auto known = statements_.find(sql.data());
    if (known != statements_.end()) return known->second;
    return statements_.try_emplace(sql.data(), db_.get(), sql).first->second;
}

}  // namespace errand::sqlite
