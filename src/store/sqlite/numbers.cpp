#include "store/sqlite/numbers.hpp"

#include "store/sqlite/sql.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

namespace errand::sqlite {

namespace {

constexpr auto next_number = sql_named(sql::insert_sql, "next_number");
constexpr auto set_next_number = sql_named(sql::insert_sql, "set_next_number");

/// More numbers than any store gives out; beyond it the file is damaged.
constexpr std::int64_t most_numbers = std::int64_t{1} << 62;

}  // namespace

std::int64_t Numbers::take(std::int64_t count) {
    if (!next_) {
        auto rows = writer_.statement(next_number).query();
        const auto next = rows.next() ? rows.int64(0) : 1;
        if (next < 1 || next > most_numbers) {
            throw Error(ErrorCode::store_corrupt,
                        fmt::format("sqlite: the next job number is {}, which cannot be; run "
                                    "`errand store check`, restore the file from a backup",
                                    next));
        }
        next_ = next;
    }
    const auto first = *next_;
    *next_ += count;
    return first;
}

void Numbers::flush() {
    if (next_) writer_.statement(set_next_number).run(*next_);
}

}  // namespace errand::sqlite
