#pragma once

#include <errand/worker.hpp>

#include <string>
#include <vector>

namespace errand::cli {

/// Gives `worker` the types that every worker of the program has, for trying out and measuring:
///   errand.noop    does nothing
///   errand.echo    its arguments are its result
///   errand.sleep   waits: ["2s"] or [{"for": "2s"}]; returns early when asked to stop
/// Returns their names.
std::vector<std::string> register_builtin_handlers(Worker& worker);

/// How long the arguments of errand.sleep ask for. Throws Error (invalid_argument).
[[nodiscard]] Duration sleep_duration(std::string_view args);

}  // namespace errand::cli
