#pragma once

#include "handlers/line_reader.hpp"
#include "handlers/process.hpp"

#include <errand/time.hpp>

#include <stop_token>

namespace errand::handlers {

/// The strongest signal that was sent to a program because a stop was asked for.
enum class StopSignal : std::uint8_t { none, terminate, kill };

struct Ended {
    ExitStatus status;
    StopSignal stopped_by = StopSignal::none;
};

/// Where a program's lines go.
struct Outputs {
    LineReader& out;
    LineReader& err;
};

/// Passes on the lines of `process` until it has ended; its whole group has ended then. A stop
/// gives the group SIGTERM at once and SIGKILL after `kill_after`. Whoever fled the group and holds
/// the pipes open delays the return by one second at most. Throws what the outputs throw; `process`
/// is then still to be destroyed.
[[nodiscard]] Ended supervise(Process& process, const Outputs& outputs, const std::stop_token& stop,
                              Duration kill_after);

}  // namespace errand::handlers
