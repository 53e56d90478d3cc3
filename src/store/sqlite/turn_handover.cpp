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
constexpr auto blocked_to_ready = sql_named(sql::turn_sql, "blocked_to_ready");
constexpr auto leave_blocked = sql_named(sql::turn_sql, "leave_blocked");
constexpr auto set_holder = sql_named(sql::turn_sql, "set_holder");
constexpr auto forget_only_turn = sql_named(sql::turn_sql, "forget_only_turn");

}  // namespace

/// Whoever is blocked waits for the only holder of the key, so one heir is right, whatever number
/// of turns the queue gives.
class TurnHandover::Heirs {
public:
    explicit Heirs(Connection& writer)
        : first_blocked_(writer.statement(first_blocked)),
          blocked_to_ready_(writer.statement(blocked_to_ready)),
          leave_blocked_(writer.statement(leave_blocked)),
          set_holder_(writer.statement(set_holder)),
          forget_only_turn_(writer.statement(forget_only_turn)) {}

    /// False: nobody is.
    bool succeed(std::int64_t key_number) {
        std::int64_t place = 0;
        std::int64_t n = 0;
        bool any = false;
        {
            auto rows = first_blocked_.query(key_number);
            any = rows.next();
            if (any) {
                place = rows.int64(0);
                n = rows.int64(1);
            }
        }
        if (!any) {
            forget_only_turn_.run(key_number);
            return false;
        }
        blocked_to_ready_.run(key_number, place, n, turn_of(key_number));
        leave_blocked_.run(key_number, place, n);
        set_holder_.run(key_number, n);
        return true;
    }

private:
    Statement& first_blocked_;
    Statement& blocked_to_ready_;
    Statement& leave_blocked_;
    Statement& set_holder_;
    Statement& forget_only_turn_;
};

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
    bool any_heir = turns_.admitted;
    Heirs heirs{writer_};
    for (const auto key_number : keys_)
        any_heir |= heirs.succeed(key_number);
    keys_.clear();
    return any_heir;
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
