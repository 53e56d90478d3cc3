#include "store/sqlite/string_list.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace errand::sqlite {

std::string list_text(const std::vector<std::string>& strings) {
    boost::json::array array;
    for (const auto& string : strings)
        array.emplace_back(string);
    return boost::json::serialize(array);
}

std::vector<std::string> read_list(std::string_view json) {
    std::vector<std::string> strings;
    boost::system::error_code unreadable;
    const auto value = boost::json::parse(json, unreadable);
    if (unreadable || !value.is_array()) return strings;
    for (const auto& string : value.get_array()) {
        if (string.is_string()) strings.emplace_back(string.get_string());
    }
    return strings;
}

}  // namespace errand::sqlite
