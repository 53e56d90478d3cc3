#include "store/sqlite/numbers.hpp"

#include "store/sqlite/sql.hpp"

namespace errand::sqlite {

namespace {

constexpr auto next_number = sql_named(sql::insert_sql, "next_number");
constexpr auto set_next_number = sql_named(sql::insert_sql, "set_next_number");

}  // namespace

std::int64_t Numbers::take(std::int64_t count) {
    if (!next_) {
        auto rows = writer_.statement(next_number).query();
        next_ = rows.next() ? rows.int64(0) : 1;
    }
    const auto first = *next_;
    *next_ += count;
    return first;
}

void Numbers::flush() {
    if (next_) writer_.statement(set_next_number).run(*next_);
}

}  // namespace errand::sqlite
