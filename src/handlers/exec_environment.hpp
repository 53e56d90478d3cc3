#pragma once

#include "handlers/exec_waits.hpp"

#include <errand/context.hpp>

#include <map>
#include <string>
#include <vector>

namespace errand::handlers {

using Environment = std::map<std::string, std::string>;

/// This process's environment with `additions`, which go before. A TRACEPARENT that this process
/// inherited belongs to no job and is left out. Not while another thread changes the environment.
[[nodiscard]] Environment base_environment(const Environment& additions);

/// `base` with what tells a program about its job, as "NAME=value".
[[nodiscard]] std::vector<std::string> job_environment(Environment base, const Context& job,
                                                       const ExecWaits& waits);

}  // namespace errand::handlers
