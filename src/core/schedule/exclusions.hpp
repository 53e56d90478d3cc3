#pragma once

#include "base/time_zone.hpp"

#include <errand/schedule.hpp>

#include <memory>
#include <vector>

namespace errand::core {

/// The dates on which a schedule does not fire, as moments of a zone.
class Exclusions {
public:
    /// `ranges` are merged.
    Exclusions(std::vector<DateRange> ranges, std::shared_ptr<const base::TimeZone> zone)
        : ranges_(std::move(ranges)), zone_(std::move(zone)) {}

    [[nodiscard]] bool hold(Timestamp moment) const { return range_at(moment) != nullptr; }

    /// For an excluded moment: one not before it, such that all after the one and up to the other
    /// are excluded. A way to step over a long range; where the clock is moved about its begin it
    /// may be the moment itself.
    [[nodiscard]] Timestamp skip_ahead(Timestamp moment) const;
    /// The same backwards: all from the result up to `moment` are excluded.
    [[nodiscard]] Timestamp skip_back(Timestamp moment) const;

private:
    [[nodiscard]] const DateRange* range_at(Timestamp moment) const;
    /// From this moment to the end of the range no other date is shown; later than the range's
    /// begin when the clock was moved about then.
    [[nodiscard]] std::chrono::sys_seconds settled_begin(const DateRange& range) const;
    /// When the day after the range is first shown.
    [[nodiscard]] std::chrono::sys_seconds end(const DateRange& range) const;

    std::vector<DateRange> ranges_;
    std::shared_ptr<const base::TimeZone> zone_;
};

}  // namespace errand::core
