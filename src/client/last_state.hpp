#pragma once

#include <errand/event.hpp>

#include <vector>

namespace errand::client {

/// The events that would lead to the state that the job is in: what somebody is told who did not
/// see it come about. Without seq; their times are those of the job.
[[nodiscard]] std::vector<Event> last_state(const Job& job);

}  // namespace errand::client
