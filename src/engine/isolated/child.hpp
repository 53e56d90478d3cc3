#pragma once

#include "engine/isolated/shared_slots.hpp"

#include <errand/isolated.hpp>

#include <string>
#include <unordered_map>

namespace errand::engine {

/// The handlers of isolated jobs by type.
using IsolatedHandlers = std::unordered_map<std::string, Worker::RawHandler>;

/// An isolated process from its fork to its end: performs the jobs that come over `fd`, one after
/// the other, until the worker closes it.
[[noreturn]] void run_isolated_process(int fd, SharedSlot& slot, const IsolatedHandlers& handlers,
                                       const IsolatedOptions& options) noexcept;

}  // namespace errand::engine
