#include "core/validate.hpp"
#include "store/checks.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/insert.hpp"
#include "store/sqlite/job_events.hpp"
#include "store/sqlite/lanes.hpp"
#include "store/sqlite/schema.hpp"

#include <errand/error.hpp>
#include <errand/sqlite.hpp>

namespace errand {

namespace {

void require_write_transaction(sqlite3* connection) {
    if (connection == nullptr) {
        throw Error(ErrorCode::invalid_argument, "connection is null; pass an open database");
    }
    if (sqlite3_get_autocommit(connection) != 0) {
        throw Error(ErrorCode::invalid_argument,
                    "connection has no transaction open; run BEGIN IMMEDIATE first");
    }
}

void require_schema(const sqlite::Connection& connection) {
    const auto version = sqlite::stored_schema_version(connection);
    if (version == sqlite::schema_version) return;
    throw Error(version > sqlite::schema_version ? ErrorCode::store_incompatible
                                                 : ErrorCode::invalid_argument,
                "connection's database has no errand tables of this version; open an errand store "
                "on the same file first");
}

}  // namespace

std::vector<InsertResult> enqueue_in_transaction(sqlite3* connection, std::vector<NewJob> jobs,
                                                 const Limits& limits) {
    require_write_transaction(connection);
    sqlite::Connection writer{connection};
    require_schema(writer);
    for (auto& job : jobs) {
        core::validate(job, limits);
        if (job.id.is_nil()) job.id = new_job_id();
    }
    store::check_new_jobs(jobs, limits);
    if (jobs.empty()) return {};
    sqlite::Numbers numbers{writer};
    const auto now = system_clock().now();
    auto inserted = sqlite::insert_jobs(writer, numbers, jobs, now, [&](auto... names) {
        return sqlite::lane_in_transaction(writer, names...);
    });
    numbers.flush();
    sqlite::EventLog events{writer, nullptr};
    sqlite::note_inserted(events, jobs, inserted.results, now);
    events.before_commit();
    return std::move(inserted.results);
}

}  // namespace errand
