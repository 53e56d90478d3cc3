#pragma once

#include "cli/config.hpp"

#include <errand/worker.hpp>

#include <string>
#include <vector>

namespace errand::cli {

/// Gives `worker` the types that workers of the program have, for trying out and measuring:
///   errand.noop    does nothing
///   errand.echo    its arguments are its result
///   errand.sleep   waits: ["2s"] or [{"for": "2s"}]; returns early when asked to stop
/// and those for effects outside:
///   errand.webhook delivers an event, see webhook_handler(); always there
///   errand.email   sends a mail, see email_handler(); with [email] in the configuration
/// Returns their names. Throws Error (invalid_argument) for a secret that is not where the
/// configuration says.
std::vector<std::string> register_builtin_handlers(Worker& worker, const Config& config);

/// How long the arguments of errand.sleep ask for. Throws Error (invalid_argument).
[[nodiscard]] Duration sleep_duration(std::string_view args);

}  // namespace errand::cli
