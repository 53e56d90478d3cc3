#pragma once

#include "cli/command.hpp"

#include <errand/store/types.hpp>

#include <span>
#include <string>
#include <vector>

// What retry, cancel and delete share: which jobs, and saying what became of each.

namespace errand::cli {

/// One of the three commands.
struct ControlVerb {
    CommandText text;
    /// States that --where means when its filter names none: those in which the command makes
    /// sense.
    std::vector<JobState> default_states;
    std::vector<ControlResult> (*apply)(Store& store, std::span<const JobId> ids);
    const char* done;     ///< "cancelled"
    const char* refused;  ///< why a job is refused, and the remedy
};

/// Adds the command with ID… and --where FILTER [--dry-run].
void add_control_command(CLI::App& app, CommandContext& context, ControlVerb verb);

}  // namespace errand::cli
