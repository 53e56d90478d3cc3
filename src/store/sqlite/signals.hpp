#pragma once

#include "store/sqlite/connection.hpp"

#include <cstdint>
#include <string_view>

namespace errand::sqlite {

/// Has the job got a signal of this name? Within the caller's transaction.
[[nodiscard]] bool has_signal(Connection& connection, std::int64_t n, std::string_view name);

}  // namespace errand::sqlite
