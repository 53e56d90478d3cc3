#pragma once

#include "core/trace_context.hpp"

namespace errand::handlers {

using core::traceparent_of;

}  // namespace errand::handlers
