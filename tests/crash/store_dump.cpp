#include "crash/store_dump.hpp"

#include <sqlite3.h>

#include <array>
#include <memory>
#include <set>
#include <stdexcept>

namespace errand::test {

namespace {

struct Closer {
    void operator()(sqlite3* db) const noexcept { sqlite3_close_v2(db); }
    void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
};

// A worker's file has a random name and errand_schema the time of creation: both stay out. So does
// whether a rescued job's worker was known to be dead: one whose joining failed after its commit
// has no file and is only silent.
constexpr std::array selects{
    "SELECT 'counter', * FROM errand_counter",
    "SELECT 'lane', * FROM errand_lane",
    "SELECT 'paused', * FROM errand_paused",
    "SELECT 'job', * FROM errand_job",
    "SELECT 'ready', * FROM errand_ready",
    "SELECT 'blocked', * FROM errand_blocked",
    "SELECT 'key', * FROM errand_key",
    "SELECT 'limit', * FROM errand_limit",
    "SELECT 'queue', * FROM errand_queue",
    "SELECT 'fair', * FROM errand_fair",
    "SELECT 'waiting', * FROM errand_waiting",
    "SELECT 'active', * FROM errand_active",
    "SELECT 'done', * FROM errand_done",
    "SELECT 'unique', * FROM errand_unique",
    "SELECT 'suppressed', * FROM errand_suppressed",
    "SELECT 'error', * FROM errand_error",
    "SELECT 'log', * FROM errand_log",
    "SELECT 'progress', * FROM errand_progress",
    "SELECT 'effect', * FROM errand_effect",
    "SELECT 'schedule', * FROM errand_schedule",
    "SELECT 'tick', * FROM errand_tick",
    "SELECT 'fire', * FROM errand_fire",
    "SELECT 'event', seq, kind, at, subject, type, queue, "
    "replace(data, '\"worker_died\":false', '\"worker_died\":true') FROM errand_event",
    "SELECT 'subscription', * FROM errand_subscription",
    "SELECT 'workflow', * FROM errand_workflow",
    "SELECT 'node', * FROM errand_node",
    "SELECT 'after', * FROM errand_after",
    "SELECT 'edge', * FROM errand_edge",
    "SELECT 'ended', n, after FROM errand_ended",
    "SELECT 'worker', worker, name, host, pid, queues, slots, max_leases, joined_at, left_at "
    "FROM errand_worker"};

std::string row_text(sqlite3_stmt* statement) {
    std::string line;
    for (int i = 0; i < sqlite3_column_count(statement); ++i) {
        const auto* data = static_cast<const char*>(sqlite3_column_blob(statement, i));
        const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, i));
        line += data != nullptr ? std::string{data, size} : "-";
        line += '|';
    }
    return line + '\n';
}

/// A connection of plain SQLite.
class PlainConnection {
public:
    explicit PlainConnection(const std::string& path) {
        sqlite3* opened = nullptr;
        const int code = sqlite3_open_v2(path.c_str(), &opened, SQLITE_OPEN_READWRITE, "unix");
        db_.reset(opened);
        require(code, SQLITE_OK);
    }

    void execute(const char* sql) const {
        require(sqlite3_exec(db_.get(), sql, nullptr, nullptr, nullptr), SQLITE_OK);
    }

    [[nodiscard]] std::multiset<std::string> rows(const char* sql) const {
        sqlite3_stmt* prepared = nullptr;
        require(sqlite3_prepare_v2(db_.get(), sql, -1, &prepared, nullptr), SQLITE_OK);
        const std::unique_ptr<sqlite3_stmt, Closer> statement{prepared};
        std::multiset<std::string> lines;
        int step = sqlite3_step(prepared);
        for (; step == SQLITE_ROW; step = sqlite3_step(prepared))
            lines.insert(row_text(prepared));
        require(step, SQLITE_DONE);
        return lines;
    }

private:
    void require(int seen, int wanted) const {
        if (seen != wanted) throw std::runtime_error(sqlite3_errmsg(db_.get()));
    }

    std::unique_ptr<sqlite3, Closer> db_;
};

}  // namespace

std::string dump_tables(const std::string& path) {
    const PlainConnection db{path};
    db.execute("BEGIN");
    std::string text;
    for (const auto* sql : selects) {
        for (const auto& line : db.rows(sql))
            text += line;
    }
    return text;
}

std::string integrity_of(const std::string& path) {
    std::string text;
    for (const auto& line : PlainConnection{path}.rows("PRAGMA integrity_check"))
        text += line;
    return text == "ok|\n" ? "ok" : text;
}

}  // namespace errand::test
