#pragma once

#include "store/sqlite/database.hpp"

#include <errand/event.hpp>

#include <cstdint>

namespace errand::sqlite {

/// Within a write transaction: what happened to the worker with this number.
void note_worker(Database& database, EventKind kind, std::int64_t worker);

}  // namespace errand::sqlite
