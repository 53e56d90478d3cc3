#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace errand::core {

/// One member of a JSON object; `value` is its text, byte for byte, so that numbers keep every
/// digit.
struct JsonMember {
    std::string name;
    std::string_view value;  ///< a view into the object's text
};

/// The members of the JSON object `text` in their order. Throws Error (invalid_argument) when it is
/// not valid JSON, not an object, or has a member twice; `remedy` says what to write instead of
/// something that is no object.
[[nodiscard]] std::vector<JsonMember> json_members(std::string_view text, std::string_view remedy);

/// The elements of the JSON array `text` in their order, each as its text. Throws Error
/// (invalid_argument) when it is not valid JSON or not an array.
[[nodiscard]] std::vector<std::string_view> json_elements(std::string_view text,
                                                          std::string_view remedy);

}  // namespace errand::core
