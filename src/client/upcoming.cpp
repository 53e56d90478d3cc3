#include "core/schedule/upcoming.hpp"

#include "base/zone_database.hpp"

#include <errand/schedule.hpp>

namespace errand {

std::vector<UpcomingTick> upcoming(const ScheduleSpec& spec, Timestamp from, std::size_t count,
                                   std::string_view name) {
    auto zone = base::system_zones().find(spec.timezone);
    const core::SchedulePlan plan{std::string{name}, spec, std::move(zone)};
    return core::upcoming(plan, from, count);
}

}  // namespace errand
