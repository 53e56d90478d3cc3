#pragma once

#include <string>
#include <string_view>

namespace errand::core {

/// The JSON object `meta` byte by byte, with one member more at its end; empty counts as {}.
/// `name` needs no escapes, `value` is JSON.
[[nodiscard]] std::string with_member(std::string_view meta, std::string_view name,
                                      std::string_view value);

}  // namespace errand::core
