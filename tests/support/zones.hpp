#pragma once

#include "base/time_zone.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

// Time zones for tests, made by hand, so that no test depends on the files of its machine.

namespace errand::test {

using ZonePointer = std::shared_ptr<const base::TimeZone>;

/// A zone that always goes by `rule`.
inline ZonePointer zone_of(const std::string& rule) {
    using Kinds = std::vector<base::TimeZone::Kind>;
    return std::make_shared<const base::TimeZone>(rule, Kinds{{{}, false, "LMT"}},
                                                  std::vector<base::TimeZone::Change>{},
                                                  base::ZoneRule::parse(rule));
}

/// A zone with the offset `first`, and other ones from some moments on.
inline ZonePointer zone_of(
    std::chrono::seconds first,
    const std::vector<std::pair<std::chrono::sys_seconds, std::chrono::seconds>>& later) {
    std::vector<base::TimeZone::Kind> kinds{{first, false, "AAA"}};
    std::vector<base::TimeZone::Change> changes;
    for (const auto& [at, offset] : later) {
        changes.push_back({at, static_cast<std::uint8_t>(kinds.size())});
        kinds.push_back({offset, false, "BBB"});
    }
    return std::make_shared<const base::TimeZone>("by hand", std::move(kinds), std::move(changes),
                                                  std::nullopt);
}

inline ZonePointer utc() {
    return zone_of("UTC0");
}
inline ZonePointer berlin() {
    return zone_of("CET-1CEST,M3.5.0,M10.5.0/3");
}
inline ZonePointer new_york() {
    return zone_of("EST5EDT,M3.2.0,M11.1.0");
}
/// Daylight saving time moves the clock by half an hour there.
inline ZonePointer lord_howe() {
    return zone_of("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0");
}

}  // namespace errand::test
