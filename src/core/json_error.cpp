#include "core/validate.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <fmt/format.h>

#include <limits>

namespace errand::core {
namespace {

namespace json = boost::json;

/// Listens to the parser and keeps nothing: all that matters is whether it gets to the end.
struct Nothing {
    static constexpr auto max_object_size = std::numeric_limits<std::size_t>::max();
    static constexpr auto max_array_size = std::numeric_limits<std::size_t>::max();
    static constexpr auto max_key_size = std::numeric_limits<std::size_t>::max();
    static constexpr auto max_string_size = std::numeric_limits<std::size_t>::max();

    using Code = json::error_code;
    using Text = json::string_view;
    bool on_document_begin(Code&) { return true; }
    bool on_document_end(Code&) { return true; }
    bool on_object_begin(Code&) { return true; }
    bool on_object_end(std::size_t, Code&) { return true; }
    bool on_array_begin(Code&) { return true; }
    bool on_array_end(std::size_t, Code&) { return true; }
    bool on_key_part(Text, std::size_t, Code&) { return true; }
    bool on_key(Text, std::size_t, Code&) { return true; }
    bool on_string_part(Text, std::size_t, Code&) { return true; }
    bool on_string(Text, std::size_t, Code&) { return true; }
    bool on_number_part(Text, Code&) { return true; }
    bool on_int64(std::int64_t, Text, Code&) { return true; }
    bool on_uint64(std::uint64_t, Text, Code&) { return true; }
    bool on_double(double, Text, Code&) { return true; }
    bool on_bool(bool, Code&) { return true; }
    bool on_null(Code&) { return true; }
    bool on_comment_part(Text, Code&) { return true; }
    bool on_comment(Text, Code&) { return true; }
};

}  // namespace

std::string json_error(std::string_view text) {
    json::parse_options options;
    options.max_depth = max_json_depth;
    json::basic_parser<Nothing> parser(options);
    json::error_code error;
    const auto read = parser.write_some(false, text.data(), text.size(), error);
    if (error == json::error::too_deep) {
        return fmt::format("nested deeper than {} levels", max_json_depth);
    }
    if (error) return error.message();
    if (read < text.size()) return fmt::format("something follows the value at byte {}", read);
    return {};
}

}  // namespace errand::core
