#pragma once

#include "base/time_zone.hpp"

#include <string>
#include <string_view>

namespace errand::base {

/// Whether `bytes` begin like a time zone file.
[[nodiscard]] bool is_tzif(std::string_view bytes) noexcept;

/// Reads a compiled time zone (TZif of RFC 8536, versions 1 to 4) with the rule at its end. Throws
/// Error (invalid_argument) for a damaged file, and for one that counts leap seconds: all times
/// here are those of POSIX.
[[nodiscard]] TimeZone parse_tzif(std::string name, std::string_view bytes);

}  // namespace errand::base
