#include "core/schedule/exclusions.hpp"

#include "base/local_time.hpp"

#include <algorithm>

namespace errand::core {

using std::chrono::local_days;

const DateRange* Exclusions::range_at(Timestamp moment) const {
    if (ranges_.empty()) return nullptr;
    const auto time = std::chrono::floor<std::chrono::seconds>(moment);
    const auto day = std::chrono::floor<std::chrono::days>(zone_->period_at(time).local(time));
    const std::chrono::year_month_day date{day};
    const auto after = std::ranges::upper_bound(ranges_, date, {}, &DateRange::first);
    if (after == ranges_.begin()) return nullptr;
    const auto& range = *std::prev(after);
    return date <= range.last ? &range : nullptr;
}

std::chrono::sys_seconds Exclusions::settled_begin(const DateRange& range) const {
    const auto begin = base::first_showing(*zone_, local_days{range.first}).time;
    const auto settled = begin + base::max_zone_change;
    return zone_->period_at(begin).end >= settled ? begin : settled;
}

std::chrono::sys_seconds Exclusions::end(const DateRange& range) const {
    return base::first_showing(*zone_, local_days{range.last} + std::chrono::days{1}).time;
}

Timestamp Exclusions::skip_ahead(Timestamp moment) const {
    const auto* range = range_at(moment);
    if (range == nullptr || moment < settled_begin(*range)) return moment;
    return std::max<Timestamp>(moment, end(*range) - Duration{1});
}

Timestamp Exclusions::skip_back(Timestamp moment) const {
    const auto* range = range_at(moment);
    if (range == nullptr || moment >= end(*range)) return moment;
    return std::min<Timestamp>(moment, settled_begin(*range));
}

}  // namespace errand::core
