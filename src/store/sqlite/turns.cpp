#include "store/sqlite/turns.hpp"

#include "store/sqlite/flags.hpp"
#include "store/sqlite/keys.hpp"
#include "store/sqlite/queue_table.hpp"
#include "store/sqlite/sql.hpp"

namespace errand::sqlite {

namespace {

constexpr auto find_key = sql_named(sql::turn_sql, "find_key");
constexpr auto find_key_with_one_turn = sql_named(sql::turn_sql, "find_key_with_one_turn");
constexpr auto key_by_number = sql_named(sql::turn_sql, "key_by_number");
constexpr auto add_key = sql_named(sql::turn_sql, "add_key");
constexpr auto count_turn = sql_named(sql::turn_sql, "count_turn");
constexpr auto uncount_turn = sql_named(sql::turn_sql, "uncount_turn");
constexpr auto forget_key = sql_named(sql::turn_sql, "forget_key");
constexpr auto first_blocked = sql_named(sql::turn_sql, "first_blocked");
constexpr auto blocked_to_ready = sql_named(sql::turn_sql, "blocked_to_ready");
constexpr auto leave_blocked = sql_named(sql::turn_sql, "leave_blocked");

}  // namespace

std::uint32_t Turns::turns_of(std::string_view key) {
    const auto queue = queue_of(key);
    if (queue != queue_) {
        queue_turns_ = read_queue(writer_, queue).settings.key_concurrency;
        queue_ = queue;
    }
    return queue_turns_;
}

Turns::Entry Turns::enter(const std::string& key, std::int64_t n) {
    const auto turns = turns_of(key);
    if (turns == 0) return {};
    std::int64_t number = 0;
    std::int64_t taken = 0;
    bool known = false;
    {
        const auto find = turns == 1 ? find_key_with_one_turn : find_key;
        auto rows = writer_.statement(find).query(key);
        known = rows.next();
        if (known) {
            number = rows.int64(0);
            taken = rows.int64(1);
        }
    }
    if (taken >= turns) return {true, number, 0};
    if (known) {
        writer_.statement(count_turn).run(number, n);
    } else {
        writer_.statement(add_key).run(key, n);
        number = sqlite3_last_insert_rowid(writer_.get());
    }
    return {false, number, turn_of(number)};
}

void Turns::leave(std::int64_t flags) {
    const auto number = turn_key_of(flags);
    if (writer_.statement(uncount_turn).run(number) != 0) admit(number);
}

/// The number stands for the key until nobody of it is blocked and none has a turn.
void Turns::admit(std::int64_t key_number) {
    std::uint32_t turns = 0;
    std::int64_t taken = 0;
    {
        auto rows = writer_.statement(key_by_number).query(key_number);
        if (!rows.next()) return;
        turns = turns_of(rows.string(0));
        taken = rows.count(1);
    }
    for (; turns == 0 || taken < turns; ++taken) {
        const auto n = let_in_first(key_number, turns == 0 ? 0 : turn_of(key_number));
        if (!n) break;
        if (turns != 0) writer_.statement(count_turn).run(key_number, *n);
        admitted = true;
    }
    writer_.statement(forget_key).run(key_number);
}

/// The first blocked job of the key, with flags to add; none: there is none.
std::optional<std::int64_t> Turns::let_in_first(std::int64_t key_number, std::int64_t flags) {
    std::int64_t place = 0;
    std::int64_t n = 0;
    {
        auto rows = writer_.statement(first_blocked).query(key_number);
        if (!rows.next()) return std::nullopt;
        place = rows.int64(0);
        n = rows.int64(1);
    }
    writer_.statement(blocked_to_ready).run(key_number, place, n, flags);
    writer_.statement(leave_blocked).run(key_number, place, n);
    return n;
}

}  // namespace errand::sqlite
