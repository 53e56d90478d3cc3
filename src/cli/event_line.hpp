#pragma once

#include <errand/event.hpp>

#include <string>

namespace errand::cli {

/// An event for people, on one line: its time, kind, subject, and what else is known of it.
[[nodiscard]] std::string event_line(const Event& event, bool colour);

}  // namespace errand::cli
