#pragma once

#include "store/sqlite/connection.hpp"

#include <errand/limits.hpp>
#include <errand/store/types.hpp>

#include <cstdint>
#include <string_view>

// What is kept of attempts beside the state: errors and logs, the newest few of each. The caller
// has a write transaction open and sets flag_has_extras on the job.

namespace errand::sqlite {

void keep_error(Connection& writer, std::int64_t n, const JobError& error, const Limits& limits);

/// The whole log of the attempt, replacing what was kept of it.
void keep_log(Connection& writer, std::int64_t n, std::int64_t lease_seq, std::int64_t attempt,
              std::string_view text, const Limits& limits);

}  // namespace errand::sqlite
