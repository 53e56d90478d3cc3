#include <errand/codec.hpp>
#include <errand/error.hpp>

#include "base/scan.hpp"

namespace errand {
namespace {

[[noreturn]] void refuse_shape(const char* reason) {
    throw Error(ErrorCode::invalid_argument,
                std::string{"args must be an array of exactly one element, but "} + reason);
}

/// The position after the string that begins at `i`.
std::size_t after_string(std::string_view json, std::size_t i) {
    for (++i; i < json.size(); ++i) {
        if (json[i] == '"') return i + 1;
        if (json[i] == '\\') ++i;
    }
    refuse_shape("a string in it has no end");
}

/// The position of the first comma or closing bracket that belongs to the array `json` begins with.
std::size_t end_of_element(std::string_view json) {
    std::size_t depth = 1;
    std::size_t i = 1;
    while (i < json.size()) {
        const char c = json[i];
        if (c == '"') {
            i = after_string(json, i);
            continue;
        }
        if (c == ',' && depth == 1) return i;
        if (c == '[' || c == '{') ++depth;
        if ((c == ']' || c == '}') && --depth == 0) return i;
        ++i;
    }
    refuse_shape("it has no end");
}

}  // namespace

std::string_view only_element(std::string_view json_array) {
    const auto json = base::trim(json_array);
    if (!json.starts_with('[')) refuse_shape("it is no array");
    const auto end = end_of_element(json);
    const auto element = base::trim(json.substr(1, end - 1));
    if (json[end] == ',') refuse_shape("it has more");
    if (json[end] != ']' || end + 1 != json.size()) refuse_shape("it is not valid JSON");
    if (element.empty()) refuse_shape("it is empty");
    return element;
}

}  // namespace errand
