#pragma once

#include "store/sqlite/connection.hpp"

#include <cstdint>

namespace errand::sqlite {

/// The schema version that this program writes.
inline constexpr std::int64_t schema_version = 1;

/// Creates the tables or brings older ones up to date, in one transaction. Throws Error
/// (store_incompatible) when a newer program has written the file; then nothing was changed.
void migrate(Connection& connection, Timestamp now);

/// The version that the file has; 0: none of our tables.
[[nodiscard]] std::int64_t stored_schema_version(const Connection& connection);

}  // namespace errand::sqlite
