#pragma once

#include <cstddef>
#include <string_view>

namespace errand::base {

/// The longest name of a zone that is looked up.
inline constexpr std::size_t max_zone_name_bytes = 64;

/// Throws Error (invalid_argument) unless `name` has the form of a zone's name: segments of ASCII
/// letters, digits, '_', '+' and '-', joined by '/'. No such name leads out of a folder.
void check_zone_name(std::string_view name);

}  // namespace errand::base
