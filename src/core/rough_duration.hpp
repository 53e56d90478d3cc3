#pragma once

#include <errand/time.hpp>

#include <string>

namespace errand::core {

/// For people: the two largest units that count, rounded down: "2h59m", "1m4s", "850ms", "0s".
/// Negative values, which come from clocks that disagree, read as "0s".
[[nodiscard]] std::string rough_duration(Duration value);

}  // namespace errand::core
