#include "store/sqlite/turn_handover.hpp"

#include "store/sqlite/flags.hpp"
#include "store/sqlite/sql.hpp"

#include <algorithm>

namespace errand::sqlite {

namespace {

constexpr auto turns_of_run = sql_named(sql::settle_sql, "turns_of_run");
constexpr auto any_several = sql_named(sql::turn_sql, "any_several");
constexpr auto key_by_number = sql_named(sql::turn_sql, "key_by_number");
constexpr auto first_blocked = sql_named(sql::turn_sql, "first_blocked");
constexpr auto heirs_to_ready = sql_named(sql::turn_sql, "heirs_to_ready");
constexpr auto heirs_leave_blocked = sql_named(sql::turn_sql, "heirs_leave_blocked");
constexpr auto heirs_are_holders = sql_named(sql::turn_sql, "heirs_are_holders");
constexpr auto forget_keys = sql_named(sql::turn_sql, "forget_keys");

}  // namespace

void TurnHandover::leave(std::int64_t flags) {
    keys_.push_back(turn_key_of(flags));
}

void TurnHandover::leave_run(std::int64_t first, std::int64_t last) {
    for (auto rows = writer_.statement(turns_of_run).query(first, last); rows.next();)
        leave(rows.int64(0));
}

bool TurnHandover::finish() {
    if (keys_.empty()) return false;
    leave_one_by_one();
    const bool any_heir = hand_on();
    keys_.clear();
    return any_heir || turns_.admitted;
}

/// Whoever is blocked waits for the only holder of the key, so one heir is right, whatever number
/// of turns the queue gives.
bool TurnHandover::hand_on() {
    std::vector<std::int64_t> heirs;  // key, place and n of each
    std::vector<std::int64_t> without;
    auto& find_first = writer_.statement(first_blocked);
    for (const auto key_number : keys_) {
        auto rows = find_first.query(key_number);
        if (rows.next()) {
            heirs.insert(heirs.end(), {key_number, rows.int64(0), rows.int64(1)});
        } else {
            without.push_back(key_number);
        }
    }
    if (!heirs.empty()) {
        const NumberList list{heirs, 3};
        writer_.statement(heirs_to_ready).run(list);
        writer_.statement(heirs_leave_blocked).run(list);
        writer_.statement(heirs_are_holders).run(list);
    }
    if (!without.empty()) writer_.statement(forget_keys).run(NumberList{without});
    return !heirs.empty();
}

/// Of a key with several turns taken, how many are free then must be counted. Leaves the others,
/// which end their key's only turn, in the order of their numbers.
void TurnHandover::leave_one_by_one() {
    std::ranges::sort(keys_);
    const bool several = writer_.statement(any_several).query().next();
    if (!several && std::ranges::adjacent_find(keys_) == keys_.end()) return;
    std::vector<std::int64_t> only;
    for (const auto key_number : keys_) {
        bool counts = false;
        {
            auto rows = writer_.statement(key_by_number).query(key_number);
            counts = rows.next() && rows.int64(1) > 1;
        }
        if (counts) {
            turns_.leave(turn_of(key_number));
        } else {
            only.push_back(key_number);
        }
    }
    only.erase(std::ranges::unique(only).begin(), only.end());
    keys_ = std::move(only);
}

}  // namespace errand::sqlite
