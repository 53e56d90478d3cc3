#pragma once

#include "store/sqlite/connection.hpp"

#include <cstdint>
#include <optional>

namespace errand::sqlite {

/// Hands out the jobs' numbers within one write transaction: the counter is read once and written
/// once however many callers share the transaction. Used by the one who writes.
class Numbers {
public:
    explicit Numbers(Connection& writer) : writer_(writer) {}

    /// The first of `count` numbers in a row that no job ever had.
    [[nodiscard]] std::int64_t take(std::int64_t count);
    /// Before a commit: writes the counter if numbers were taken.
    void flush();
    /// When a transaction begins: what was read in an earlier one no longer counts.
    void forget() noexcept { next_.reset(); }

private:
    Connection& writer_;
    std::optional<std::int64_t> next_;
};

}  // namespace errand::sqlite
