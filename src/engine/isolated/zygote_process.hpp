#pragma once

#include "engine/isolated/child.hpp"

#include <sys/types.h>

#include <cstdint>

namespace errand::engine {

/// What the worker asks of its zygote.
struct ZygoteRequest {
    enum class Kind : std::uint8_t { start, kill };
    Kind kind = Kind::start;
    std::uint32_t slot = 0;
};

/// The zygote from its fork to its end; `control` is its end of the socket, over which requests
/// come (a start with the descriptor of the process) and ProcessNews goes.
[[noreturn]] void run_zygote(int control, SharedSlots& slots, const IsolatedHandlers& handlers,
                             const IsolatedOptions& options) noexcept;

}  // namespace errand::engine
