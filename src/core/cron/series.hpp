#pragma once

#include "base/time_zone.hpp"

#include <errand/cron.hpp>
#include <errand/time.hpp>

#include <chrono>
#include <memory>
#include <optional>

namespace errand::core {

/// What a moved clock did to one moment of a series.
enum class ClockMark : std::uint8_t {
    none,
    moved,         ///< the clock left the local time out; this is the first moment after the gap
    first_of_two,  ///< the clock shows this local time again later
    second_of_two  ///< the clock showed this local time before; only a rhythm has such moments
};

/// A local time that an expression names, which the clock left out, and which does not happen.
struct LeftOut {
    Timestamp at;                      ///< when the clock was moved
    std::chrono::local_seconds local;  ///< the first of those left out then
};

/// The moments of a cron expression in a zone: whole seconds of the years 1970 to 9999, told apart
/// by nothing but the moment. DstRule says what they are on days when the clock is moved. Immutable
/// and thread-safe.
class CronSeries {
public:
    CronSeries(const CronExpression& expression, std::shared_ptr<const base::TimeZone> zone,
               DstRule rule);

    /// The first moment after `after`; none: there is none left.
    [[nodiscard]] std::optional<Timestamp> next(Timestamp after) const;
    /// The last moment before `before`; none: there is none.
    [[nodiscard]] std::optional<Timestamp> prev(Timestamp before) const;

    /// For a moment of this series.
    [[nodiscard]] ClockMark mark(Timestamp moment) const;
    /// The local time for which a moment of this series stands: the one that the clock left out
    /// where it is `moved`.
    [[nodiscard]] std::chrono::local_seconds named(Timestamp moment) const;
    /// The first move of the clock in (after, until] that left out a time which the expression
    /// names and which therefore does not happen. A rhythm without a chosen hour misses nothing.
    [[nodiscard]] std::optional<LeftOut> left_out(Timestamp after, Timestamp until) const;

    [[nodiscard]] const base::TimeZone& zone() const noexcept { return *zone_; }

private:
    using Moment = std::optional<std::chrono::sys_seconds>;
    [[nodiscard]] Moment next_time_of_day(std::chrono::sys_seconds from) const;
    [[nodiscard]] Moment prev_time_of_day(std::chrono::sys_seconds until) const;
    [[nodiscard]] Moment next_of_rhythm(std::chrono::sys_seconds from) const;
    [[nodiscard]] Moment prev_of_rhythm(std::chrono::sys_seconds until) const;
    /// The local time from which a moment of times of the day was moved; none: it was not.
    [[nodiscard]] std::optional<std::chrono::local_seconds> moved_from(
        std::chrono::sys_seconds time) const;
    [[nodiscard]] std::optional<std::chrono::local_seconds> left_out_by(
        const base::ZonePeriod& before, const base::ZonePeriod& after) const;
    /// The clock by which the fields are read.
    [[nodiscard]] const base::TimeZone& clock() const noexcept;

    CronFields fields_;
    std::shared_ptr<const base::TimeZone> zone_;
    DstRule rule_;
};

}  // namespace errand::core
