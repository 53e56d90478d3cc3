#include <errand/context.hpp>

#include "core/schedule/tick_job.hpp"

namespace errand {

std::string Context::schedule() const {
    return core::tick_origin(meta()).schedule;
}

std::optional<Timestamp> Context::tick() const {
    return core::tick_origin(meta()).tick;
}

bool Context::rehearsal() const {
    return core::tick_origin(meta()).rehearsal;
}

}  // namespace errand
