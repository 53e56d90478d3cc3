#include "cli/schedule_arming.hpp"

#include "cli/tick_table.hpp"

#include <errand/error.hpp>
#include <errand/limits.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace errand::cli {
namespace {

std::string why_never(const ScheduleDefinition& definition) {
    const auto& spec = definition.spec;
    if (const auto* once = std::get_if<OneTime>(&spec.timing)) {
        return fmt::format(
            "its one tick, {}, has passed or is excluded; give another --at with "
            "`errand schedule add {}`, or run it now with `errand schedule run {}`",
            utc_text(once->at), definition.name, definition.name);
    }
    return fmt::format(
        "nothing is left before its end, {}; give a later --end with `errand "
        "schedule add {}`",
        spec.end ? utc_text(*spec.end) : "the last of all times", definition.name);
}

}  // namespace

void arm_schedule(Store& store, const ScheduleView& view, const std::string& by) {
    if (view.state == ScheduleState::armed) return;
    const auto& definition = view.definition;
    const auto ticks = upcoming(definition.spec, store.now(), 1, definition.name);
    if (std::ranges::none_of(ticks, &UpcomingTick::fires)) {
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("schedule {} would never fire: {}", definition.name,
                                why_never(definition)));
    }
    try {
        store.set_schedule_state(definition.name, ScheduleState::armed, by);
    } catch (const Error& error) {
        if (error.code() != ErrorCode::conflict) throw;
        throw Error(error.code(), fmt::format("schedule {}: {} (`errand schedule rehearse {}`)",
                                              definition.name, error.what(), definition.name));
    }
}

void check_time_zone(const ScheduleDefinition& definition) {
    static_cast<void>(upcoming(definition.spec, min_timestamp, 1, definition.name));
}

}  // namespace errand::cli
