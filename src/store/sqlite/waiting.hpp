#pragma once

#include "store/sqlite/connection.hpp"
#include "store/sqlite/turns.hpp"

#include <cstdint>
#include <string>

namespace errand::sqlite {

/// A job that waits for its time becomes available, or waits for its key's turn. `key` is in the
/// form QUEUE/KEY, empty for none. True: it may be claimed.
bool end_waiting(Connection& writer, Turns& turns, std::int64_t n, const std::string& key,
                 bool has_turn);

}  // namespace errand::sqlite
