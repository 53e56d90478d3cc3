#pragma once

#include <errand/error.hpp>

namespace errand::cli {

/// What the program tells the shell; part of its interface, never renumbered.
enum class ExitCode : int {
    done = 0,
    failed = 1,             ///< the job or the check failed, or the id is unknown
    usage = 2,              ///< bad usage or input: one line on stderr names the remedy
    timed_out = 3,          ///< the wait ended first
    store_unavailable = 4,  ///< no store there, or it cannot be used
};

/// The one place that maps errors to exit codes.
[[nodiscard]] ExitCode exit_code_of(ErrorCode code) noexcept;

}  // namespace errand::cli
