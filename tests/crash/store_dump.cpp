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

// A worker's file has a random name and errand_schema the time of creation: both stay out.
constexpr std::array selects{
    "SELECT 'counter', * FROM errand_counter",
    "SELECT 'lane', * FROM errand_lane",
    "SELECT 'paused', * FROM errand_paused",
    "SELECT 'job', * FROM errand_job",
    "SELECT 'ready', * FROM errand_ready",
    "SELECT 'waiting', * FROM errand_waiting",
    "SELECT 'active', * FROM errand_active",
    "SELECT 'done', * FROM errand_done",
    "SELECT 'unique', * FROM errand_unique",
    "SELECT 'error', * FROM errand_error",
    "SELECT 'log', * FROM errand_log",
    "SELECT 'progress', * FROM errand_progress",
    "SELECT 'effect', * FROM errand_effect",
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

}  // namespace

std::string dump_tables(const std::string& path) {
    sqlite3* opened = nullptr;
    const int code = sqlite3_open_v2(path.c_str(), &opened, SQLITE_OPEN_READWRITE, "unix");
    const std::unique_ptr<sqlite3, Closer> db{opened};
    const auto require = [&](int seen, int wanted) {
        if (seen != wanted) throw std::runtime_error(sqlite3_errmsg(opened));
    };
    require(code, SQLITE_OK);
    require(sqlite3_exec(opened, "BEGIN", nullptr, nullptr, nullptr), SQLITE_OK);
    std::string text;
    for (const auto* sql : selects) {
        sqlite3_stmt* prepared = nullptr;
        require(sqlite3_prepare_v2(opened, sql, -1, &prepared, nullptr), SQLITE_OK);
        const std::unique_ptr<sqlite3_stmt, Closer> statement{prepared};
        std::multiset<std::string> lines;
        int step = sqlite3_step(prepared);
        for (; step == SQLITE_ROW; step = sqlite3_step(prepared))
            lines.insert(row_text(prepared));
        require(step, SQLITE_DONE);
        for (const auto& line : lines)
            text += line;
    }
    return text;
}

}  // namespace errand::test
