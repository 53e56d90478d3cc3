#include "store/sqlite/turns.hpp"

#include "store/sqlite/flags.hpp"
#include "store/sqlite/keys.hpp"
#include "store/sqlite/queue_table.hpp"
#include "store/sqlite/sql.hpp"

namespace errand::sqlite {

namespace {

constexpr auto turns_taken = sql_named(sql::turn_sql, "turns_taken");
constexpr auto take_turn = sql_named(sql::turn_sql, "take_turn");
constexpr auto count_turn = sql_named(sql::turn_sql, "count_turn");
constexpr auto leave_turn = sql_named(sql::turn_sql, "leave_turn");
constexpr auto uncount_turn = sql_named(sql::turn_sql, "uncount_turn");
constexpr auto forget_key = sql_named(sql::turn_sql, "forget_key");
constexpr auto key_of_job = sql_named(sql::turn_sql, "key_of");
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

std::int64_t Turns::taken(const std::string& key) {
    auto rows = writer_.statement(turns_taken).query(key);
    return rows.next() ? rows.int64(0) : 0;
}

Turns::Entry Turns::enter(const std::string& key, std::int64_t n) {
    const auto turns = turns_of(key);
    if (turns == 0) return Entry::free;
    if (taken(key) >= turns) return Entry::blocked;
    writer_.statement(take_turn).run(n, key);
    writer_.statement(count_turn).run(key);
    return Entry::taken;
}

void Turns::leave(std::int64_t n) {
    std::string key;
    {
        auto rows = writer_.statement(key_of_job).query(n);
        if (rows.next()) key = rows.string(0);
    }
    if (key.empty() || writer_.statement(leave_turn).run(n) == 0) return;
    writer_.statement(uncount_turn).run(key);
    writer_.statement(forget_key).run(key);
    admit(key);
}

void Turns::admit(const std::string& key) {
    while (true) {
        std::int64_t place = 0;
        std::int64_t n = 0;
        {
            auto rows = writer_.statement(first_blocked).query(key);
            if (!rows.next()) return;
            place = rows.int64(0);
            n = rows.int64(1);
        }
        const auto entry = enter(key, n);
        if (entry == Entry::blocked) return;
        writer_.statement(blocked_to_ready)
            .run(key, place, n, entry == Entry::taken ? flag_turn : 0);
        writer_.statement(leave_blocked).run(key, place, n);
        admitted = true;
    }
}

}  // namespace errand::sqlite
