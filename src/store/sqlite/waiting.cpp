#include "store/sqlite/waiting.hpp"

#include "store/sqlite/flags.hpp"
#include "store/sqlite/sql.hpp"

namespace errand::sqlite {

namespace {

constexpr auto waiting_to_ready = sql_named(sql::claim_sql, "waiting_to_ready");
constexpr auto waiting_to_blocked = sql_named(sql::claim_sql, "waiting_to_blocked");
constexpr auto leave_waiting = sql_named(sql::claim_sql, "leave_waiting");

}  // namespace

bool end_waiting(Connection& writer, Turns& turns, std::int64_t n, const std::string& key,
                 bool has_turn) {
    const auto entry = key.empty() || has_turn ? Turns::Entry::free : turns.enter(key, n);
    const bool blocked = entry == Turns::Entry::blocked;
    if (blocked) {
        writer.statement(waiting_to_blocked).run(n);
    } else {
        writer.statement(waiting_to_ready).run(n, entry == Turns::Entry::taken ? flag_turn : 0);
    }
    writer.statement(leave_waiting).run(n);
    return !blocked;
}

}  // namespace errand::sqlite
