#pragma once

#include "base/unique_fd.hpp"

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace errand::handlers {

/// What to start.
struct ProcessSpec {
    std::vector<std::string> command;  ///< program and arguments; a bare name is sought along PATH
    std::vector<std::string> environment;  ///< all of it, "NAME=value"
    std::string path;                ///< the PATH to seek along; its empty entries are skipped
    std::string directory;           ///< to start in; empty: the caller's own
    std::uint64_t memory_bytes = 0;  ///< RLIMIT_AS; 0: the caller's own
    std::uint64_t cpu_seconds = 0;   ///< RLIMIT_CPU; 0: the caller's own
    std::uint64_t open_files = 0;    ///< RLIMIT_NOFILE; 0: the caller's own
};

/// How a process ended.
struct ExitStatus {
    bool by_signal = false;
    int code = 0;  ///< exit code, or the number of the signal
};

/// A child process that leads a process group of its own. It starts with default signal handling,
/// no inherited descriptors but its three, and dies when the thread that started it dies; what it
/// started itself is only reached through the group. For one thread.
class Process {
public:
    /// Starts the program with `input` as its stdin, a file held in memory. Returns once the
    /// program is loaded. Throws Error (invalid_argument) naming what could not be done.
    [[nodiscard]] static Process start(const ProcessSpec& spec, std::string_view input);

    Process(Process&&) noexcept = default;
    Process& operator=(Process&&) = delete;
    /// Kills and reaps what is still there.
    ~Process();

    /// Becomes readable when the process has ended.
    [[nodiscard]] int exit_fd() const noexcept { return pidfd_.get(); }
    /// The reading ends of its output, non-blocking.
    [[nodiscard]] int stdout_fd() const noexcept { return stdout_.get(); }
    [[nodiscard]] int stderr_fd() const noexcept { return stderr_.get(); }

    /// Sends a signal to every process of the group. Not after end().
    void signal_group(int signal) const noexcept;

    /// Call it when exit_fd() is readable, else it waits: kills what is left of the group, then
    /// reaps the process. Throws Error (conflict) when other code in this program has reaped it.
    ExitStatus end();

private:
    Process(pid_t pid, base::UniqueFd pidfd, base::UniqueFd out, base::UniqueFd err)
        : pidfd_(std::move(pidfd)), stdout_(std::move(out)), stderr_(std::move(err)), pid_(pid) {}

    base::UniqueFd pidfd_;  ///< open until reaped
    base::UniqueFd stdout_;
    base::UniqueFd stderr_;
    pid_t pid_;
};

}  // namespace errand::handlers
