#pragma once

#include <string>
#include <string_view>

namespace errand::core {

/// One text for equal values: no space between, members in the order of their names, strings
/// escaped in one way. Numbers stay as they are written, so 1 and 1.0 are two values. Throws Error
/// (invalid_argument) when `json` is not valid.
[[nodiscard]] std::string canonical_json(std::string_view json);

}  // namespace errand::core
