#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

namespace errand::handlers {

/// What the child could not do between its birth and its program.
enum class SpawnStep : std::uint8_t {
    set_up,
    enter_directory,
    limit_memory,
    limit_cpu,
    limit_files,
    execute
};

struct SpawnFailure {
    SpawnStep step = SpawnStep::set_up;
    int error = 0;  ///< errno; 0: none
};

/// Everything the child needs, made ready before it is born: there it may not allocate.
/// The pointers are borrowed, the vectors of them end with a null.
struct SpawnPlan {
    std::vector<const char*> candidates;  ///< paths of the program, tried in this order
    std::vector<char*> arguments;
    std::vector<char*> environment;
    const char* directory = nullptr;  ///< null: stay
    std::uint64_t memory_bytes = 0;   ///< these three: 0: leave
    std::uint64_t cpu_seconds = 0;
    std::uint64_t open_files = 0;
    int stdin_fd = -1;  ///< these four: above 2
    int stdout_fd = -1;
    int stderr_fd = -1;
    int failure_fd =
        -1;            ///< close-on-exec; gets a SpawnFailure when the program cannot be executed
    pid_t parent = 0;  ///< process that makes the child
};

/// Makes the child and returns its process id once it runs its program or has given up; -1 and
/// errno when there is no child.
[[nodiscard]] pid_t spawn(const SpawnPlan& plan);

}  // namespace errand::handlers
