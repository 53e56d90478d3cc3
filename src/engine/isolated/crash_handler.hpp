#pragma once

#include "engine/isolated/shared_slots.hpp"

namespace errand::engine {

/// Has this process write a frame `crash` to `fd` when a fatal signal hits it, on a stack of its
/// own; then it dies of the signal as it would have. The frame has the number of the job, the
/// signal, the address that was touched, and the addresses of the call stack, outermost last.
/// Writes nothing when the signal was sent by another process. Both arguments outlive the process.
void install_crash_handler(int fd, SharedSlot& slot);

}  // namespace errand::engine
