#pragma once

#include "base/zone_period.hpp"
#include "base/zone_rule.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace errand::base {

/// How the clock of a place goes: the changes that are known one by one, then a rule for ever. An
/// immutable value without any access to files; zone_database.hpp finds zones by name. Thread-safe.
class TimeZone {
public:
    /// One way in which the clock goes.
    struct Kind {
        std::chrono::seconds offset{};
        bool is_dst = false;
        std::string abbreviation;
    };
    struct Change {
        std::chrono::sys_seconds at;
        std::uint8_t kind = 0;  ///< index into the kinds
    };

    /// The first of `kinds` holds before the first of `changes`, which ascend; `rule` holds after
    /// the last one, and for ever where there are none. Without a rule the last kind goes on.
    TimeZone(std::string name, std::vector<Kind> kinds, std::vector<Change> changes,
             std::optional<ZoneRule> rule);
    /// Never destroyed.
    [[nodiscard]] static const TimeZone& utc();

    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    /// The period that holds `time`; periods follow each other without a hole, and neighbours may
    /// have the same offset. `time` is moved into [zones_begin, zones_end).
    [[nodiscard]] ZonePeriod period_at(std::chrono::sys_seconds time) const;

private:
    std::string name_;
    std::vector<Kind> kinds_;
    std::vector<Change> changes_;
    std::optional<ZoneRule> rule_;
};

}  // namespace errand::base
