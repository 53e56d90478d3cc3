#pragma once

#include "store/sqlite/connection.hpp"

#include <errand/retry.hpp>

#include <optional>

namespace errand::sqlite {

/// The job's own retry policy in `column`; NULL: none. What cannot be read any more counts as none,
/// so that a job never gets stuck on it.
[[nodiscard]] std::optional<RetryPolicy> retry_in(const Statement::Rows& rows, int column);

/// A length of time in `column`; NULL: none.
[[nodiscard]] inline std::optional<Duration> duration_in(const Statement::Rows& rows, int column) {
    if (rows.is_null(column)) return std::nullopt;
    return rows.duration(column);
}

[[nodiscard]] inline std::optional<Timestamp> time_in(const Statement::Rows& rows, int column) {
    if (rows.is_null(column)) return std::nullopt;
    return rows.time(column);
}

}  // namespace errand::sqlite
