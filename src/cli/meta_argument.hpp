#pragma once

#include <string>
#include <vector>

namespace errand::cli {

/// The JSON object of --meta KEY=VALUE …; empty for none. Throws Error (invalid_argument).
[[nodiscard]] std::string meta_object(const std::vector<std::string>& pairs);

}  // namespace errand::cli
