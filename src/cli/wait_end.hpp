#pragma once

#include "cli/exit_code.hpp"

#include <errand/job.hpp>

#include <string>

// What `wait` and `watch` say when a job has ended, and when it has not.

namespace errand::cli {

/// The text of --timeout; empty means as long as it takes. Throws Error (invalid_argument).
[[nodiscard]] Duration parse_wait_timeout(const std::string& text);

/// Prints the result of an ended job on stdout (with `json` the whole job), or why it failed on
/// stderr; the exit code that says which.
[[nodiscard]] ExitCode report_end(const Job& job, bool json);

/// Says on stderr that the wait was over first.
[[nodiscard]] ExitCode report_timeout(const JobId& id, Duration timeout);

}  // namespace errand::cli
