#pragma once

#include "cli/command.hpp"

#include <string>

namespace errand::cli {

struct EnqueueFileOptions {
    std::string path;        ///< "-": standard input
    bool print_ids = false;  ///< on stdout, one a line, in the order of the file
};

/// Reads and checks every line of a jobs file, then enqueues all in batches with a progress bar.
ExitCode enqueue_file(CommandContext& context, const EnqueueFileOptions& options);

}  // namespace errand::cli
