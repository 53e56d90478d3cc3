#pragma once

#include <string>
#include <string_view>

namespace errand::handlers {

/// The media type of a file by the ending of its name; "application/octet-stream": unknown.
[[nodiscard]] std::string mail_type_of(std::string_view file_name);

/// Whether `text` is a type and a subtype without parameters, "application/pdf".
[[nodiscard]] bool is_mail_type(std::string_view text) noexcept;

}  // namespace errand::handlers
