#include "store/sqlite/turn_handover.hpp"

#include "store/sqlite/sql.hpp"

#include <vector>

namespace errand::sqlite {

namespace {

constexpr auto make_handover = sql_named(sql::handover_sql, "make_handover");
constexpr auto forget_handover = sql_named(sql::handover_sql, "forget_handover");
constexpr auto note_leaving = sql_named(sql::handover_sql, "note_leaving");
constexpr auto note_leaving_run = sql_named(sql::handover_sql, "note_leaving_run");
constexpr auto leaving_of_several = sql_named(sql::handover_sql, "leaving_of_several");
constexpr auto forget_leaving = sql_named(sql::handover_sql, "forget_leaving");
constexpr auto end_turns = sql_named(sql::handover_sql, "end_turns");
constexpr auto find_heirs = sql_named(sql::handover_sql, "find_heirs");
constexpr auto heirs_to_ready = sql_named(sql::handover_sql, "heirs_to_ready");
constexpr auto heirs_take_turns = sql_named(sql::handover_sql, "heirs_take_turns");
constexpr auto heirs_leave_blocked = sql_named(sql::handover_sql, "heirs_leave_blocked");
constexpr auto forget_keys = sql_named(sql::handover_sql, "forget_keys");

}  // namespace

/// Made anew where it is missing: a transaction that was undone took it with it.
void TurnHandover::begin() {
    if (begun_) return;
    writer_.statement(make_handover).run();
    begun_ = true;
}

void TurnHandover::leave(std::int64_t n) {
    begin();
    writer_.statement(note_leaving).run(n);
}

void TurnHandover::leave_run(std::int64_t first, std::int64_t last) {
    begin();
    writer_.statement(note_leaving_run).run(first, last);
}

bool TurnHandover::finish() {
    if (!begun_) return false;
    begun_ = false;
    leave_one_by_one();
    // What is left are the only holders of their keys. Who is blocked waits for them alone, so one
    // heir each is right, whatever number of turns the queue gives.
    writer_.statement(end_turns).run();
    writer_.statement(find_heirs).run();
    const bool any_heir = writer_.statement(heirs_take_turns).run() != 0;
    if (any_heir) {
        writer_.statement(heirs_to_ready).run();
        writer_.statement(heirs_leave_blocked).run();
    }
    writer_.statement(forget_keys).run();
    writer_.statement(forget_handover).run();
    return any_heir || turns_.admitted;
}

/// Of a key with several turns taken, how many are free then must be counted.
void TurnHandover::leave_one_by_one() {
    std::vector<std::int64_t> jobs;
    for (auto rows = writer_.statement(leaving_of_several).query(); rows.next();)
        jobs.push_back(rows.int64(0));
    for (const auto n : jobs) {
        turns_.leave(n);
        writer_.statement(forget_leaving).run(n);
    }
}

}  // namespace errand::sqlite
