#include "store/sqlite/waiting.hpp"

#include "store/sqlite/sql.hpp"

namespace errand::sqlite {

namespace {

constexpr auto waiting_to_ready = sql_named(sql::claim_sql, "waiting_to_ready");
constexpr auto waiting_to_blocked = sql_named(sql::claim_sql, "waiting_to_blocked");
constexpr auto leave_waiting = sql_named(sql::claim_sql, "leave_waiting");

}  // namespace

bool end_waiting(Connection& writer, Turns& turns, std::int64_t n, const std::string& key,
                 bool has_turn) {
    const auto entry = key.empty() || has_turn ? Turns::Entry{} : turns.enter(key, n);
    if (entry.blocked) {
        writer.statement(waiting_to_blocked).run(n, entry.key_number);
    } else {
        writer.statement(waiting_to_ready).run(n, entry.flags);
    }
    writer.statement(leave_waiting).run(n);
    return !entry.blocked;
}

}  // namespace errand::sqlite
