#pragma once

#include <errand/store/types.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace errand::cli {

/// Reads "state=discarded,type=x,queue=q,tag=t". `state` may stand more than once (any of them),
/// the others once; all given conditions must hold. Throws Error (invalid_argument) naming the
/// part.
[[nodiscard]] JobFilter parse_filter(std::string_view text);

/// A state by name. Throws Error (invalid_argument) listing the valid ones.
[[nodiscard]] JobState parse_state(std::string_view text);

/// "pending|scheduled|…", for help and completion.
[[nodiscard]] std::string state_choices();

}  // namespace errand::cli
