#pragma once

#include "base/time_zone.hpp"
#include "core/cron/series.hpp"
#include "core/schedule/exclusions.hpp"

#include <errand/schedule.hpp>

#include <memory>
#include <optional>
#include <string>

namespace errand::core {

/// A schedule's spec together with its zone, ready to be asked for ticks. Every process that makes
/// one of the same name and spec gets the same answers, as long as their time zone files agree.
/// Immutable and thread-safe.
class SchedulePlan {
public:
    /// Throws Error (invalid_argument) as validate() does. `zone` is the one that the spec names.
    SchedulePlan(std::string name, ScheduleSpec spec, std::shared_ptr<const base::TimeZone> zone);

    // All ticks count here, excluded ones too.

    /// The first tick after `after`; none: the schedule has ended.
    [[nodiscard]] std::optional<Timestamp> next(Timestamp after) const;
    /// The last tick before `before`; none: the schedule has not begun.
    [[nodiscard]] std::optional<Timestamp> prev(Timestamp before) const;
    /// The last tick that fires at `now` or before.
    [[nodiscard]] std::optional<Timestamp> newest_due(Timestamp now) const;

    /// When `tick` fires: at or after it, and before the next one.
    [[nodiscard]] Timestamp fire_at(Timestamp tick) const;

    [[nodiscard]] const ScheduleSpec& spec() const noexcept { return spec_; }
    [[nodiscard]] const Exclusions& exclusions() const noexcept { return exclusions_; }
    [[nodiscard]] const base::TimeZone& zone() const noexcept { return *zone_; }
    /// None for a schedule that has no cron expression.
    [[nodiscard]] const std::optional<CronSeries>& cron() const noexcept { return cron_; }

private:
    [[nodiscard]] std::optional<Timestamp> next_of_timing(Timestamp after) const;
    [[nodiscard]] std::optional<Timestamp> prev_of_timing(Timestamp before) const;

    std::string name_;
    ScheduleSpec spec_;
    std::shared_ptr<const base::TimeZone> zone_;
    Exclusions exclusions_;
    std::optional<CronSeries> cron_;
    Timestamp start_;  ///< the spec's, or the first of all times
    Timestamp end_;
};

}  // namespace errand::core
