#pragma once

#include <string>
#include <string_view>
#include <vector>

// Lists of strings in one column, as JSON arrays.

namespace errand::sqlite {

[[nodiscard]] std::string list_text(const std::vector<std::string>& strings);

/// What cannot be read any more counts as none, so that a damaged row can be looked at.
[[nodiscard]] std::vector<std::string> read_list(std::string_view json);

}  // namespace errand::sqlite
