#include "store/sqlite/lease_row.hpp"
#include "store/sqlite/sql.hpp"
#include "store/sqlite/store_impl.hpp"

#include "base/failpoint.hpp"

namespace errand::sqlite {

namespace {

constexpr auto next_due = sql_named(sql::claim_sql, "next_due");
constexpr auto due_jobs = sql_named(sql::claim_sql, "due_jobs");
constexpr auto waiting_to_ready = sql_named(sql::claim_sql, "waiting_to_ready");
constexpr auto leave_waiting = sql_named(sql::claim_sql, "leave_waiting");

std::optional<Timestamp> read_next_due(Connection& connection) {
    auto rows = connection.statement(next_due).query();
    return rows.next() ? time_in(rows, 0) : std::nullopt;
}

}  // namespace

Promotion SqliteStore::promote_due(std::uint32_t max) {
    const auto first = read_next_due(*database_.read());
    if (!first || *first > now()) return {0, first};
    Promotion promotion;
    base::failpoint("promote.before_begin");
    const auto promote = [&] {
        base::failpoint("promote.after_begin");
        auto& writer = database_.writer();
        std::vector<std::int64_t> due;
        for (auto rows = writer.statement(due_jobs).query(now(), max); rows.next();) {
            due.push_back(rows.int64(0));
        }
        for (const auto n : due) {
            writer.statement(waiting_to_ready).run(n);
            writer.statement(leave_waiting).run(n);
        }
        promotion = {static_cast<std::uint32_t>(due.size()), read_next_due(writer)};
        base::failpoint("promote.before_commit");
    };
    database_.write(promote, Sync::not_needed);  // what is lost is due again
    base::failpoint("promote.after_commit");
    if (promotion.promoted != 0) wake(WakeChannel::work);
    return promotion;
}

}  // namespace errand::sqlite
