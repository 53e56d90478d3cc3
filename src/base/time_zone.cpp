#include "base/time_zone.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <memory>

namespace errand::base {

using namespace std::chrono_literals;

TimeZone::TimeZone(std::string name, std::vector<Kind> kinds, std::vector<Change> changes,
                   std::optional<ZoneRule> rule)
    : name_(std::move(name)),
      kinds_(std::move(kinds)),
      changes_(std::move(changes)),
      rule_(std::move(rule)) {
    assert(!kinds_.empty());
    assert(std::ranges::is_sorted(changes_, {}, &Change::at));
}

const TimeZone& TimeZone::utc() {
    static const auto* const zone =
        std::make_unique<TimeZone>("UTC", std::vector<Kind>{{0s, false, "UTC"}},
                                   std::vector<Change>{}, std::nullopt)
            .release();
    return *zone;
}

ZonePeriod TimeZone::period_at(std::chrono::sys_seconds time) const {
    time = std::clamp(time, zones_begin, zones_end - 1s);
    const auto after = std::ranges::upper_bound(changes_, time, {}, &Change::at);
    const bool is_before_all = after == changes_.begin();
    const auto begin = is_before_all ? zones_begin : std::max(std::prev(after)->at, zones_begin);
    if (after == changes_.end() && rule_) {
        auto period = rule_->period_at(time);
        period.begin = std::max(period.begin, begin);
        return period;
    }
    const auto& kind = kinds_[is_before_all ? 0 : std::prev(after)->kind];
    const auto end = after == changes_.end() ? zones_end : std::min(after->at, zones_end);
    return {begin, end, kind.offset, kind.is_dst, kind.abbreviation};
}

}  // namespace errand::base
