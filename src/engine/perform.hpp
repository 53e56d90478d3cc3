#pragma once

#include <errand/worker.hpp>

namespace errand::engine {

/// Runs the handler. The one place where the exceptions of user code are caught: each becomes a
/// failure that names the exception's type, and Parked the wait that it stands for.
[[nodiscard]] Outcome perform(const Worker::RawHandler& handler, Context& context);

}  // namespace errand::engine
