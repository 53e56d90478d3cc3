#pragma once

#include "engine/engine.hpp"

namespace errand::engine {

/// This process on this host; the name as given, or "HOST:PID:N" with N counted in the process.
[[nodiscard]] Identity make_identity(const std::string& given_name);

}  // namespace errand::engine
