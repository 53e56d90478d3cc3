#pragma once

#include "cli/config.hpp"

#include <CLI/CLI.hpp>
#include <errand/worker.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

// What `work` and `up` share: options, handlers, log, and running until a signal.

namespace errand::cli {

struct WorkerFlags {
    std::vector<std::string> queues;  ///< forms of QueueGroup
    std::vector<std::string> labels;
    std::optional<std::uint32_t> concurrency, crash_budget;
    std::string lease, grace, name, log_level = "info";
    bool drain = false;
};

void add_worker_options(CLI::App& command, WorkerFlags& flags);

/// Flags go before the configuration, which goes before the defaults. Throws Error
/// (invalid_argument).
[[nodiscard]] WorkerOptions worker_options(const WorkerFlags& flags, const Config& config);

/// Gives the worker the built-in types and those of the configuration. Returns all their names.
/// Throws Error (invalid_argument) for a handler that cannot be made, naming its place in the file.
std::vector<std::string> register_handlers(Worker& worker, const Config& config);

/// Logs to stderr, one line each with time and level. Throws Error (invalid_argument): unknown
/// level.
[[nodiscard]] LogSink make_log(const std::string& level);

/// Starts `worker`, calls `started`, and waits for SIGTERM or SIGINT, with `drain` also for the
/// moment when its queues hold no unfinished jobs; then stops gracefully.
void run_worker(Worker& worker, Store& store, const WorkerOptions& options, bool drain,
                const std::function<void()>& started);

/// The queues that a worker with these options serves.
[[nodiscard]] std::vector<std::string> queue_names(const WorkerOptions& options);

}  // namespace errand::cli
