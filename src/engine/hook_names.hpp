#pragma once

#include <string>
#include <string_view>

namespace errand::engine {

/// Throws Error (invalid_argument): a hook's name has 1 to 64 bytes of UTF-8 without control
/// characters, and there is a function.
void validate_hook(std::string_view name, bool has_function);

/// The message of a failure: hook "NAME": WHAT.
[[nodiscard]] std::string hook_failure(std::string_view name, std::string_view what);

}  // namespace errand::engine
