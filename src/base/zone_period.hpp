#pragma once

#include <chrono>
#include <string_view>

namespace errand::base {

/// A stretch of time in which a zone's clock keeps its distance from UTC.
struct ZonePeriod {
    std::chrono::sys_seconds begin;  ///< included
    std::chrono::sys_seconds end;    ///< excluded; later than `begin`
    std::chrono::seconds offset;     ///< local time is UTC plus this
    bool is_dst = false;
    std::string_view abbreviation;  ///< "CEST"; lives as long as the zone

    [[nodiscard]] std::chrono::local_seconds local(std::chrono::sys_seconds time) const {
        return std::chrono::local_seconds{time.time_since_epoch() + offset};
    }
    [[nodiscard]] std::chrono::sys_seconds utc(std::chrono::local_seconds time) const {
        return std::chrono::sys_seconds{time.time_since_epoch() - offset};
    }
};

/// The first and the last period of every zone end here: far outside the times that Errand knows,
/// and far inside those that fit.
inline constexpr std::chrono::sys_seconds zones_begin =
    std::chrono::sys_days{std::chrono::January / 1 / -9'999};
inline constexpr std::chrono::sys_seconds zones_end =
    std::chrono::sys_days{std::chrono::January / 1 / 20'000};

}  // namespace errand::base
