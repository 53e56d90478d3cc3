#pragma once

#include <errand/limit.hpp>
#include <errand/time.hpp>

#include <array>
#include <string_view>

namespace errand::sim {

/// Zones whose clocks the rule knows by heart.
inline constexpr std::array<std::string_view, 3> known_zones{"UTC", "Asia/Tokyo", "Europe/Berlin"};

/// What the clocks of a known zone show.
[[nodiscard]] Timestamp shown_in(std::string_view zone, Timestamp time);

/// Are the clocks of a known zone put back within some hours of `time`, so that an hour comes
/// twice?
[[nodiscard]] bool is_put_back_soon(std::string_view zone, Timestamp time);

/// Does `time` lie in the window? By what the zone's clock shows, which is right as long as it is
/// not put back.
[[nodiscard]] bool is_inside(const TimeWindow& window, Timestamp time);

}  // namespace errand::sim
