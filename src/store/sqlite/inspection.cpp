#include "store/sqlite/flags.hpp"
#include "store/sqlite/keys.hpp"
#include "store/sqlite/lease_row.hpp"
#include "store/sqlite/sql.hpp"
#include "store/sqlite/store_impl.hpp"
#include "store/sqlite/string_list.hpp"
#include "store/sqlite/worker_file.hpp"

#include "base/text.hpp"
#include "core/labels.hpp"
#include "core/unique.hpp"
#include "store/checks.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <charconv>
#include <limits>

namespace errand::sqlite {

namespace {

constexpr auto job_view = sql_named(sql::look_sql, "job_view");
constexpr auto errors_of = sql_named(sql::look_sql, "errors_of");
constexpr auto progress_of = sql_named(sql::look_sql, "progress_of");
constexpr auto logs_of = sql_named(sql::look_sql, "logs_of");

std::vector<JobError> read_errors(Connection& reader, std::int64_t n) {
    std::vector<JobError> errors;
    for (auto rows = reader.statement(errors_of).query(n); rows.next();) {
        errors.push_back({.kind = static_cast<FailureKind>(rows.int64(0)),
                          .attempt = static_cast<std::uint32_t>(rows.int64(1)),
                          .at = rows.time(2),
                          .type = rows.string(3),
                          .message = rows.string(4),
                          .worker = rows.string(5),
                          .host = rows.string(6),
                          .backtrace = rows.string(7),
                          .log_tail = rows.string(8)});
    }
    return errors;
}

std::optional<Progress> read_progress(Connection& reader, std::int64_t n) {
    auto rows = reader.statement(progress_of).query(n);
    if (!rows.next()) return std::nullopt;
    return Progress{static_cast<std::uint64_t>(rows.int64(0)),
                    static_cast<std::uint64_t>(rows.int64(1)), rows.string(2)};
}

void read_workflow(Connection& reader, std::int64_t n, Job& job) {
    constexpr auto workflow_of_job = sql_named(sql::workflow_sql, "workflow_of_job");
    auto rows = reader.statement(workflow_of_job).query(n);
    if (!rows.next() || rows.is_null(0)) return;
    job.workflow = rows.job_id(0);
    job.workflow_job = rows.string(1);
}

/// A row of job_view.
Job read_job(Connection& reader, const LaneTable& lanes, const Statement::Rows& rows) {
    Job job;
    job.id = rows.job_id(1);
    auto lane = lanes.at(rows.int64(2), reader);
    job.queue = std::move(lane.queue);
    job.type = std::move(lane.type);
    job.needs = core::read_labels(lane.needs);
    job.priority = static_cast<std::int32_t>(rows.int64(3));
    job.created_at = rows.time(4);
    job.scheduled_at = rows.is_null(21) ? rows.time(5) : rows.time(21);
    job.max_attempts = static_cast<std::uint32_t>(rows.int64(6));
    job.timeout = duration_in(rows, 7);
    job.retry = retry_in(rows, 8);
    job.unique_key = rows.string(9);
    job.meta = rows.string(10);
    job.tags = read_list(rows.text(11));
    job.args = rows.string(12);
    job.state = static_cast<JobState>(rows.int64(13));
    job.attempt = static_cast<std::uint32_t>(rows.int64(14));
    job.lease_seq = static_cast<std::uint64_t>(rows.int64(15));
    job.crashes = static_cast<std::uint32_t>(rows.int64(16));
    job.interruptions = static_cast<std::uint32_t>(rows.int64(17));
    const auto flags = rows.int64(18);
    job.cancel_requested = (flags & flag_cancel_requested) != 0;
    job.started_at = time_in(rows, 19);
    job.finished_at = time_in(rows, 20);
    job.result = rows.string(22);
    job.worker = rows.string(23);
    job.key = key_of(rows.text(24));
    job.weight = static_cast<std::uint32_t>(rows.count(25));
    job.expires_at = time_in(rows, 26);
    job.blocked = rows.int64(27) != 0;
    job.unique = core::read_policy(rows.text(28));
    job.suppressed = static_cast<std::uint64_t>(std::max(rows.int64(29), std::int64_t{0}));
    job.awaits_signal = rows.string(30);
    if ((flags & flag_in_workflow) != 0) read_workflow(reader, rows.int64(0), job);
    if ((flags & flag_has_extras) != 0) {
        job.errors = read_errors(reader, rows.int64(0));
        job.progress = read_progress(reader, rows.int64(0));
    }
    return job;
}

/// Puts together which numbers a filter means. Only conditions with values become SQL, and values
/// are always bound.
class Search {
public:
    Search(const JobFilter& filter, std::int64_t before, std::uint32_t limit)
        : filter_(filter), before_(before), limit_(limit) {}

    [[nodiscard]] std::string sql() const {
        if (filter_.states.empty()) return candidates("errand_job", "1");
        std::string all;
        for (const auto state : filter_.states) {
            const auto one = of_state(state);
            if (one.empty()) continue;
            all += fmt::format("{}SELECT n FROM ({})", all.empty() ? "" : " UNION ALL ", one);
        }
        return all;
    }

    /// Binds what sql() left open: ?1 before, ?2 limit, ?3 queue, ?4 type, ?5 tag.
    [[nodiscard]] Statement::Rows run(Statement& statement) const {
        return statement.query(before_, limit_, filter_.queue, filter_.type, filter_.tag);
    }

private:
    [[nodiscard]] std::string of_state(JobState state) const {
        switch (state) {
            case JobState::available:
                return candidates(
                    "(SELECT n FROM errand_ready UNION ALL SELECT n FROM errand_blocked)", "1");
            case JobState::active:
                return candidates("errand_active", "1");
            case JobState::scheduled:
                return candidates("errand_waiting", "x.state = 2");
            case JobState::retryable:
                return candidates("errand_waiting", "x.state = 5");
            case JobState::completed:
                return candidates("errand_done", "x.state = 6");
            case JobState::discarded:
                return candidates("errand_done", "x.state = 7 AND x.state <> 6");
            case JobState::cancelled:
                return candidates("errand_done", "x.state = 8 AND x.state <> 6");
            case JobState::pending:
                return candidates("errand_waiting", "x.state = 1");
        }
        return {};
    }

    [[nodiscard]] std::string candidates(std::string_view table, std::string_view condition) const {
        auto sql = fmt::format("SELECT x.n AS n FROM {} x", table);
        const bool by_lane = !filter_.queue.empty() || !filter_.type.empty();
        if (by_lane || !filter_.tag.empty()) sql += " JOIN errand_job j ON j.n = x.n";
        sql += fmt::format(" WHERE {} AND x.n < ?1", condition);
        if (by_lane) {
            sql += " AND j.lane IN (SELECT lane FROM errand_lane WHERE 1";
            if (!filter_.queue.empty()) sql += " AND queue = ?3";
            if (!filter_.type.empty()) sql += " AND type = ?4";
            sql += ")";
        }
        if (!filter_.tag.empty()) {
            sql += " AND EXISTS (SELECT 1 FROM json_each(j.tags) WHERE value = ?5)";
        }
        return sql + " ORDER BY x.n DESC LIMIT ?2";
    }

    const JobFilter& filter_;
    std::int64_t before_;
    std::uint32_t limit_;
};

constexpr std::string_view cursor_mark = "n";

std::int64_t parse_cursor(std::string_view cursor) {
    if (cursor.empty()) return std::numeric_limits<std::int64_t>::max();
    std::int64_t n = 0;
    const auto* end = cursor.data() + cursor.size();
    if (cursor.starts_with(cursor_mark)) {
        const auto parsed = std::from_chars(cursor.data() + cursor_mark.size(), end, n);
        if (parsed.ec == std::errc{} && parsed.ptr == end && n > 0) return n;
    }
    throw Error(ErrorCode::invalid_argument,
                fmt::format("cursor {} was not made by this store; start without one",
                            base::quote_for_message(cursor)));
}

}  // namespace

std::optional<Job> SqliteStore::find(const JobId& id) {
    static const std::string sql = std::string{job_view} + " j.id = ?1";
    auto reader = database_.read();
    lanes_.refresh(*reader);
    auto rows = reader->statement(sql).query(id);
    if (!rows.next()) return std::nullopt;
    return read_job(*reader, lanes_, rows);
}

JobPage SqliteStore::list(const JobFilter& filter, std::uint32_t limit, std::string_view cursor) {
    store::check_page_limit(limit);
    const Search search{filter, parse_cursor(cursor), limit + 1};
    const auto candidates = search.sql();
    if (candidates.empty()) return {};
    auto reader = database_.read();
    lanes_.refresh(*reader);
    auto statement = reader->prepare(
        fmt::format("{} j.n IN ({}) ORDER BY j.n DESC LIMIT ?2", job_view, candidates));
    JobPage page;
    std::int64_t last = 0;
    for (auto rows = search.run(statement); rows.next();) {
        if (page.jobs.size() == limit) {
            page.next_cursor = fmt::format("{}{}", cursor_mark, last);
            break;
        }
        last = rows.int64(0);
        page.jobs.push_back(read_job(*reader, lanes_, rows));
    }
    return page;
}

std::vector<AttemptLog> SqliteStore::logs(const JobId& id) {
    std::vector<AttemptLog> logs;
    auto reader = database_.read();
    for (auto rows = reader->statement(logs_of).query(id); rows.next();) {
        logs.push_back({static_cast<std::uint32_t>(rows.int64(0)),
                        static_cast<std::uint64_t>(rows.int64(1)), rows.string(2)});
    }
    return logs;
}

std::vector<WorkerView> SqliteStore::workers() {
    constexpr auto present_workers = sql_named(sql::lease_sql, "present_workers");
    std::vector<WorkerView> workers;
    auto reader = database_.read();
    for (auto rows = reader->statement(present_workers).query(); rows.next();) {
        WorkerView view{
            .id = WorkerId{rows.int64(0)},
            .info = {.name = rows.string(1),
                     .host = rows.string(2),
                     .pid = rows.int64(3),
                     .queues = rows.string(4),
                     .slots = static_cast<std::uint32_t>(rows.int64(5)),
                     .max_leases = static_cast<std::uint32_t>(rows.int64(6)),
                     .types = read_list(rows.text(10)),
                     .labels = read_list(rows.text(11))},
            .joined_at = rows.time(7),
            .leases = static_cast<std::uint32_t>(rows.int64(9)),
            .alive = worker_life(database_.run_file(rows.string(8))) == WorkerLife::alive};
        if (view.alive || view.leases != 0) workers.push_back(std::move(view));
    }
    return workers;
}

}  // namespace errand::sqlite
