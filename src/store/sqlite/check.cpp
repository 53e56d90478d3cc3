#include "store/sqlite/schedule_table.hpp"
#include "store/sqlite/schema.hpp"
#include "store/sqlite/sql.hpp"
#include "store/sqlite/store_impl.hpp"

#include <fmt/format.h>

#include <filesystem>

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

/// Turns belong to unfinished jobs of their key, as many are counted as there are, who is noted to
/// have the only one does, and who waits does so for somebody and where its job says.
CheckFinding check_turns(Connection& reader) {
    constexpr auto count_turns = sql_named(sql::turn_sql, "count_turns");
    constexpr auto miscounted_keys = sql_named(sql::turn_sql, "miscounted_keys");
    constexpr auto foreign_turns = sql_named(sql::turn_sql, "foreign_turns");
    constexpr auto wrong_holders = sql_named(sql::turn_sql, "wrong_holders");
    constexpr auto misplaced_blocked = sql_named(sql::turn_sql, "misplaced_blocked");
    const auto turns = reader.query_int64(count_turns);
    const auto miscounted = reader.query_int64(miscounted_keys);
    const auto foreign = reader.query_int64(foreign_turns);
    const auto wrong = reader.query_int64(wrong_holders);
    const auto misplaced = reader.query_int64(misplaced_blocked);
    const bool ok = miscounted == 0 && foreign == 0 && wrong == 0 && misplaced == 0;
    return {ok, "turns of keys",
            fmt::format("{} turns, {} of other keys than their jobs'; of {} keys the counts differ "
                        "from the jobs, of {} the holder; {} jobs blocked by nobody or elsewhere "
                        "than their rows say{}",
                        turns, foreign, miscounted, wrong, misplaced,
                        ok ? "" : "; restore the file from a backup")};
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
    constexpr auto miscounted = sql_named(sql::workflow_sql, "miscounted");
    constexpr auto misplaced = sql_named(sql::workflow_sql, "misplaced");
    constexpr auto elsewhere = sql_named(sql::workflow_sql, "elsewhere");
    constexpr auto lonely = sql_named(sql::workflow_sql, "lonely");
    constexpr auto astray = sql_named(sql::workflow_sql, "astray");
    const auto workflows = reader.query_int64(count_workflows);
    const auto counts = reader.query_int64(miscounted);
    const auto parents = reader.query_int64(misplaced);
    const auto states = reader.query_int64(elsewhere);
    const auto alone = reader.query_int64(lonely);
    const auto moved = reader.query_int64(astray);
    const bool ok = counts == 0 && parents == 0 && states == 0 && alone == 0 && moved == 0;
    return {ok, "workflows",
            fmt::format("{} workflows, of {} the counts differ from the jobs; {} jobs with wrong "
                        "counts of parents, {} in a wrong state, {} waiting without a workflow, {} "
                        "for another place than theirs{}",
                        workflows, counts, parents, states, alone, moved,
                        ok ? "" : "; restore the file from a backup")};
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
