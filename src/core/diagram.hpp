#pragma once

#include <string>

namespace errand::core {

/// The transition table as the text of a Mermaid state diagram: one arrow per pair of states,
/// labelled with the events that take it. The same table always gives the same text, ending in a
/// line break.
[[nodiscard]] std::string mermaid_state_diagram();

}  // namespace errand::core
