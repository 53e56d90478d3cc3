#include "core/meta_member.hpp"

#include <fmt/format.h>

namespace errand::core {

std::string with_member(std::string_view meta, std::string_view name, std::string_view value) {
    if (meta.empty()) return fmt::format(R"({{"{}":{}}})", name, value);
    const auto end = meta.find_last_of('}');
    const auto last = meta.find_last_not_of(" \t\r\n", end - 1);
    const auto comma = meta[last] == '{' ? "" : ",";
    return fmt::format(R"({}{}"{}":{}}})", meta.substr(0, end), comma, name, value);
}

}  // namespace errand::core
