#pragma once

#include "store/sqlite/connection.hpp"
#include "store/sqlite/turns.hpp"
#include "store/sqlite/workflow_nodes.hpp"

#include <errand/store/types.hpp>

namespace errand::sqlite {

/// Cancels one job within an open write transaction, as Administration::cancel() says.
/// What ends a job of a workflow is noted in `ends`.
ControlResult cancel_job(Connection& writer, Turns& turns, NodeEnds& ends, const JobId& id,
                         Timestamp now);

}  // namespace errand::sqlite
