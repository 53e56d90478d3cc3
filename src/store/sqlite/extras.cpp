#include "store/sqlite/extras.hpp"

#include "store/sqlite/sql.hpp"

namespace errand::sqlite {

namespace {

constexpr auto add_error = sql_named(sql::settle_sql, "add_error");
constexpr auto trim_errors = sql_named(sql::settle_sql, "trim_errors");
constexpr auto put_log = sql_named(sql::settle_sql, "put_log");
constexpr auto trim_logs = sql_named(sql::settle_sql, "trim_logs");

}  // namespace

void keep_error(Connection& writer, std::int64_t n, const JobError& error, const Limits& limits) {
    writer.statement(add_error).run(n, error.kind, error.attempt, error.at, error.type,
                                    error.message, error.worker, error.host, error.backtrace,
                                    error.log_tail);
    writer.statement(trim_errors).run(n, limits.errors_kept);
}

void keep_log(Connection& writer, std::int64_t n, std::int64_t lease_seq, std::int64_t attempt,
              std::string_view text, const Limits& limits) {
    writer.statement(put_log).run(n, lease_seq, attempt, text);
    writer.statement(trim_logs).run(n, limits.logs_kept);
}

}  // namespace errand::sqlite
