#include "store/sqlite/schema.hpp"

#include "store/sqlite/sql.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <array>
#include <string>

namespace errand::sqlite {

namespace {

/// migrations[i] leads from version i to i + 1.
constexpr std::array migrations{sql::schema_001_sql};
static_assert(migrations.size() == schema_version);

void refuse_newer(const Connection& connection, std::int64_t found) {
    if (found <= schema_version) return;
    throw Error(ErrorCode::store_incompatible,
                fmt::format("sqlite {}: schema version {} was written by a newer errand, this one "
                            "knows up to {}; upgrade this program",
                            sqlite3_db_filename(connection.get(), "main"), found, schema_version));
}

void apply(Connection& connection, std::int64_t from, Timestamp now) {
    connection.execute(
        "CREATE TABLE IF NOT EXISTS errand_schema (version INTEGER PRIMARY KEY, applied_at INTEGER "
        "NOT NULL) STRICT");
    auto record = connection.prepare("INSERT INTO errand_schema VALUES (?1, ?2)");
    for (auto version = from; version < schema_version; ++version) {
        connection.execute(std::string{migrations[static_cast<std::size_t>(version)]});
        record.run(version + 1, now);
    }
}

}  // namespace

std::int64_t stored_schema_version(const Connection& connection) {
    const bool present = connection.query_int64(
                             "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = "
                             "'errand_schema'") != 0;
    return present ? connection.query_int64("SELECT max(version) FROM errand_schema") : 0;
}

void migrate(Connection& connection, Timestamp now) {
    const auto before = stored_schema_version(connection);
    refuse_newer(connection, before);
    if (before == schema_version) return;
    connection.execute("BEGIN IMMEDIATE");
    try {
        // Another process may have been first.
        const auto found = stored_schema_version(connection);
        refuse_newer(connection, found);
        apply(connection, found, now);
        connection.execute("COMMIT");
    } catch (...) {
        sqlite3_exec(connection.get(), "ROLLBACK", nullptr, nullptr, nullptr);
        throw;
    }
}

}  // namespace errand::sqlite
