#include "store/sqlite/schedule_table.hpp"
#include "store/sqlite/schema.hpp"
#include "store/sqlite/sql.hpp"
#include "store/sqlite/store_impl.hpp"

#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace errand::sqlite {

namespace {

namespace fs = std::filesystem;

CheckFinding check_integrity(Connection& reader) {
    const auto answer = reader.query_string("PRAGMA integrity_check(1)");
    if (answer == "ok") return {true, "integrity", "SQLite finds the file sound"};
    return {false, "integrity", "damaged: " + answer + "; restore the file from a backup"};
}

/// Every job stands in exactly one of the state tables, and every state row has its job.
CheckFinding check_states(Connection& reader) {
    const auto jobs = reader.query_int64("SELECT count(*) FROM errand_job");
    const auto states = reader.query_int64(
        "SELECT (SELECT count(*) FROM errand_ready) + (SELECT count(*) FROM errand_waiting) + "
        "(SELECT count(*) FROM errand_blocked) + "
        "(SELECT count(*) FROM errand_active) + (SELECT count(*) FROM errand_done)");
    const auto distinct = reader.query_int64(
        "SELECT count(*) FROM (SELECT n FROM errand_ready UNION SELECT n FROM errand_waiting UNION "
        "SELECT n FROM errand_blocked UNION "
        "SELECT n FROM errand_active UNION SELECT n FROM errand_done) "
        "WHERE n IN (SELECT n FROM errand_job)");
    const bool ok = jobs == states && jobs == distinct;
    return {ok, "states",
            fmt::format("{} jobs, {} state rows{}", jobs, states,
                        ok ? "" : "; they must agree: restore the file from a backup")};
}

/// What a period holds is not counted: its job may have ended, and be gone.
CheckFinding check_unique_keys(Connection& reader) {
    constexpr auto count_holds = sql_named(sql::unique_sql, "count_holds");
    constexpr auto count_holders = sql_named(sql::unique_sql, "count_holders");
    constexpr auto stray_holds = sql_named(sql::unique_sql, "stray_holds");
    const auto holds = reader.query_int64(count_holds);
    const auto holders = reader.query_int64(count_holders);
    const auto stray = reader.query_int64(stray_holds);
    const bool ok = holds == holders && stray == 0;
    return {ok, "unique keys",
            fmt::format("{} held, by {} jobs, {} by jobs that are gone{}", holds, holders, stray,
                        ok ? "" : "; restore the file from a backup")};
}

/// What must not be there, counted by a query.
struct Fault {
    std::string_view count_sql;
    std::string_view what;
};

/// `total` of what is there, and then all of the faults that there are any of.
CheckFinding check_faults(Connection& reader, std::string_view name, const std::string& total,
                          std::span<const Fault> faults) {
    std::string found;
    for (const auto& [count_sql, what] : faults) {
        if (const auto count = reader.query_int64(count_sql); count != 0)
            found += fmt::format(", {} {}", count, what);
    }
    if (found.empty()) return {true, std::string{name}, total};
    return {false, std::string{name}, total + found + "; restore the file from a backup"};
}

/// Turns belong to unfinished jobs of their key, as many are counted as there are, who is noted to
/// have the only one does, and who waits does so for somebody and where its job says.
CheckFinding check_turns(Connection& reader) {
    constexpr auto count_turns = sql_named(sql::turn_sql, "count_turns");
    static constexpr std::array faults{
        Fault{sql_named(sql::turn_sql, "foreign_turns"), "turns of other keys than their jobs'"},
        Fault{sql_named(sql::turn_sql, "miscounted_keys"), "keys that count other turns"},
        Fault{sql_named(sql::turn_sql, "wrong_holders"), "keys with a wrong holder"},
        Fault{sql_named(sql::turn_sql, "misplaced_blocked"),
              "jobs blocked by nobody or elsewhere than their rows say"},
    };
    return check_faults(reader, "turns of keys",
                        fmt::format("{} turns", reader.query_int64(count_turns)), faults);
}

CheckFinding check_schedules(Connection& reader) {
    const auto disagreement = schedule_disagreement(reader);
    if (disagreement.empty()) return {true, "schedules", "all agree and can be read"};
    return {false, "schedules",
            disagreement +
                "; remove these and declare them again, or restore the file from a "
                "backup"};
}

/// Counters say what the jobs and edges say, and everything stands where it rests.
CheckFinding check_workflows(Connection& reader) {
    constexpr auto count_workflows = sql_named(sql::workflow_sql, "count_workflows");
    static constexpr std::array faults{
        Fault{sql_named(sql::workflow_sql, "miscounted"), "that count other jobs than they have"},
        Fault{sql_named(sql::workflow_sql, "misplaced"), "jobs with wrong counts of parents"},
        Fault{sql_named(sql::workflow_sql, "elsewhere"), "jobs in a wrong state"},
        Fault{sql_named(sql::workflow_sql, "lonely"), "jobs that wait for parents without any"},
        Fault{sql_named(sql::workflow_sql, "astray"), "jobs that wait for another place"},
    };
    return check_faults(reader, "workflows",
                        fmt::format("{} workflows", reader.query_int64(count_workflows)), faults);
}

CheckFinding check_disk(const std::string& path) {
    constexpr std::uintmax_t wanted = 256U << 20;
    std::error_code error;
    const auto space = fs::space(fs::path{path}.parent_path(), error);
    const bool ok = !error && space.available >= wanted;
    return {ok, "free space",
            fmt::format("{} MiB{}", space.available >> 20, ok ? "" : "; below 256 MiB, free some")};
}

CheckFinding check_wal(const std::string& path) {
    constexpr std::uintmax_t large = 512U << 20;
    std::error_code error;
    const auto bytes = fs::file_size(path + "-wal", error);
    const auto mib = (error ? 0 : bytes) >> 20;
    const bool ok = error || bytes < large;
    return {ok, "write-ahead log",
            fmt::format("{} MiB{}", mib,
                        ok ? "" : "; a long reader keeps it from being checkpointed, end it")};
}

}  // namespace

std::vector<CheckFinding> SqliteStore::check() {
    auto reader = database_.read();
    const bool full = database_.options().durability == SqliteStoreOptions::Durability::full;
    const auto& path = database_.options().path;
    std::vector<CheckFinding> findings;
    findings.push_back({true, "schema version", std::to_string(stored_schema_version(*reader))});
    findings.push_back({true, "durability", full ? "full" : "process"});
    findings.push_back({true, "sqlite version", sqlite3_libversion()});
    findings.push_back(check_integrity(*reader));
    findings.push_back(check_states(*reader));
    findings.push_back(check_unique_keys(*reader));
    findings.push_back(check_turns(*reader));
    findings.push_back(check_schedules(*reader));
    findings.push_back(check_workflows(*reader));
    findings.push_back(check_disk(path));
    findings.push_back(check_wal(path));
    return findings;
}

}  // namespace errand::sqlite
