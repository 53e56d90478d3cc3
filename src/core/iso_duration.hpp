#pragma once

#include <errand/time.hpp>

#include <string_view>

namespace errand::core {

/// A duration of ISO 8601 in weeks, days, hours, minutes and seconds: "PT1M30S", "P1DT12H",
/// "PT0.5S". Years and months are refused, as they have no fixed length. Throws Error
/// (invalid_argument) with the text and what to write instead.
[[nodiscard]] Duration parse_iso_duration(std::string_view text);

}  // namespace errand::core
