#pragma once

#include "store/sqlite/connection.hpp"
#include "store/sqlite/turns.hpp"

#include <errand/store/types.hpp>

namespace errand::sqlite {

/// Cancels one job within an open write transaction, as Administration::cancel() says.
ControlResult cancel_job(Connection& writer, Turns& turns, const JobId& id, Timestamp now);

}  // namespace errand::sqlite
