#pragma once

#include "store/sqlite/connection.hpp"

#include <cstdint>

namespace errand::sqlite {

/// Differs from one boot of this machine to the next; 0 where the system does not tell.
[[nodiscard]] std::int64_t boot_number() noexcept;

/// Called when a store is opened, outside a transaction. In the first opening after a boot it skips
/// a lease number of every unfinished job: claims that were not synced may have been lost with the
/// power, and the numbers that they gave out must not be given out again; rate limits count as used
/// up at `now` for the same reason.
void note_boot(Connection& connection, std::int64_t boot, Timestamp now);

}  // namespace errand::sqlite
