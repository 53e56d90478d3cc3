#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace errand::handlers {

/// The bytes in base64 with padding, on one line. Throws Error (limit_exceeded) beyond 1 GiB.
[[nodiscard]] std::string to_base64(std::string_view bytes);

/// The same in lines of 76 characters that end in CRLF, as mail carries it.
[[nodiscard]] std::string to_base64_lines(std::string_view bytes);

/// None for text that is not plain, padded base64 of at most 1 GiB.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

}  // namespace errand::handlers
