#include "simulation/oracle/ticks.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace errand::sim {

namespace {

/// May a tick be skipped for this reason, when the clock showed `latest` at most?
bool may_skip(const ScheduleSpec& spec, SkipReason reason, Timestamp tick, Timestamp latest) {
    const auto late = latest - tick;
    switch (reason) {
        case SkipReason::missed:
            return spec.misfire == MisfirePolicy::skip && late > spec.misfire_after;
        case SkipReason::superseded:
            return spec.misfire == MisfirePolicy::latest;
        case SkipReason::too_late:
            return spec.misfire != MisfirePolicy::skip &&
                   late > std::max(spec.catchup_window, spec.misfire_after);
        case SkipReason::excluded:
        case SkipReason::overlap:
            break;  // no dates are excluded here, and of overlap the store decides
    }
    return false;
}

const SkippedTicks* skipping(const FireRequest& request, Timestamp tick) {
    const auto found = std::ranges::find_if(request.skipped, [&](const SkippedTicks& ticks) {
        return ticks.first <= tick && tick <= ticks.last;
    });
    return found == request.skipped.end() ? nullptr : &*found;
}

}  // namespace

std::string wrong_firing(const Schedule& schedule, const FireRequest& request, Timestamp latest) {
    const auto& spec = schedule.definition.spec;
    if (request.last_tick > latest) return "ticks were dealt with before their time";
    std::size_t fired = 0;
    for (auto tick = schedule.next(request.after); tick <= request.last_tick;
         tick = schedule.next(tick)) {
        const auto* const skipped = skipping(request, tick);
        const bool fires =
            std::ranges::find(request.ticks, tick, &FireTick::tick) != request.ticks.end();
        fired += fires ? 1 : 0;
        if (fires && skipped != nullptr) {
            return fmt::format("its tick {} is fired and skipped", format_timestamp(tick));
        }
        if (!fires && skipped == nullptr) {
            return fmt::format("its tick {} was lost", format_timestamp(tick));
        }
        if (fires && schedule.made.contains(tick)) {
            return fmt::format("its tick {} made two jobs", format_timestamp(tick));
        }
        if (skipped != nullptr && !may_skip(spec, skipped->reason, tick, latest)) {
            return fmt::format("its tick {} was skipped as {}, which its policy does not allow",
                               format_timestamp(tick), to_string(skipped->reason));
        }
    }
    if (fired != request.ticks.size()) return "something was fired that is no tick of it";
    return {};
}

}  // namespace errand::sim
