#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace errand::cli {

/// One member of a JSON object; `value` is its text, byte for byte, so that numbers keep every
/// digit.
struct JsonMember {
    std::string name;
    std::string_view value;  ///< a view into the object's text
};

/// The members of the JSON object `text` in their order. Throws Error (invalid_argument) when it is
/// not valid JSON, not an object, or has a member twice.
[[nodiscard]] std::vector<JsonMember> json_members(std::string_view text);

}  // namespace errand::cli
