#pragma once

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <span>

namespace errand::sqlite {

/// Numbers that one statement works on at once. Bound as ?1 they are the column `value` of
/// errand_numbers(?1), in their order. With a width of 2 or 3 so many of them are a row: the
/// columns `value`, `second` and `third`. Not copied: they must outlive the execution.
struct NumberList {
    std::span<const std::int64_t> numbers;
    std::size_t width = 1;

    static constexpr const char* type = "errand_numbers";  ///< of the pointer that is bound
};

/// Makes errand_numbers() known to statements of this connection. Returns an SQLite result code.
[[nodiscard]] int register_number_list(sqlite3* db) noexcept;

}  // namespace errand::sqlite
