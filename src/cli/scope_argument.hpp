#pragma once

#include <errand/scope.hpp>

#include <string>

namespace errand::cli {

/// What --help says of an argument SCOPE.
inline constexpr const char* scope_help =
    "A queue's name, or queue:NAME, type:NAME, key:NAME or global";

/// "global", "queue:mail", "type:email.send", "key:acme", or a queue's name alone. Throws Error
/// (invalid_argument).
[[nodiscard]] Scope parse_scope_argument(const std::string& text);

/// Who runs this program, for "paused by": the login name, else the user's number.
[[nodiscard]] std::string login_name();

}  // namespace errand::cli
