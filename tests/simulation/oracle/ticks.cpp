#include "simulation/oracle/ticks.hpp"

#include "simulation/oracle/hours.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace errand::sim {

namespace {

/// May a tick that fires at `fire_at` be skipped for this reason, when the clock showed `latest` at
/// most?
bool may_skip(const ScheduleSpec& spec, SkipReason reason, Timestamp fire_at, Timestamp latest) {
    const auto late = latest - fire_at;
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
            break;  // the one has a rule of its own, and of the other the store decides
    }
    return false;
}

const SkippedTicks* skipping(const FireRequest& request, Timestamp tick) {
    const auto found = std::ranges::find_if(request.skipped, [&](const SkippedTicks& ticks) {
        return ticks.first <= tick && tick <= ticks.last;
    });
    return found == request.skipped.end() ? nullptr : &*found;
}

/// What is wrong with what becomes of an excluded tick, or with the reason of one that is not.
std::string_view wrong_exclusion(bool excluded, bool fires, const SkippedTicks* skipped) {
    if (excluded && fires) return "is fired on a date that is excluded";
    const bool called_so = skipped != nullptr && skipped->reason == SkipReason::excluded;
    if (!excluded && called_so) return "was skipped as excluded, and is not";
    // Of many that are passed over at once the reason of most is told.
    if (excluded && !fires && !called_so && skipped->is_counted) return "was skipped, not excluded";
    return {};
}

}  // namespace

bool Schedule::is_excluded(Timestamp tick) const {
    const auto& spec = definition.spec;
    const auto day = std::chrono::floor<std::chrono::days>(shown_in(spec.timezone, tick));
    return std::ranges::any_of(spec.exclusions, [&](const DateRange& range) {
        return std::chrono::sys_days{range.first} <= day &&
               day <= std::chrono::sys_days{range.last};
    });
}

Timestamp Schedule::next(Timestamp after) const {
    using std::chrono::seconds;
    if (const auto* const interval = std::get_if<Interval>(&definition.spec.timing)) {
        const auto number = after.time_since_epoch() / interval->length;
        return Timestamp{interval->length * (number + 1)};
    }
    const auto named = std::get<CronExpression>(definition.spec.timing).fields().seconds;
    auto second = std::chrono::floor<seconds>(after) + seconds{1};
    while ((named >> (second.time_since_epoch().count() % 60) & 1) == 0)
        second += seconds{1};
    return second;
}

Timestamp Schedule::fire_at(Timestamp tick) const {
    auto spec = definition.spec;
    if (spec.jitter == Duration{}) return tick;
    spec.exclusions.clear();
    return upcoming(spec, tick - Duration{1}, 1, definition.name).front().fire_at;
}

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
        const bool excluded = schedule.is_excluded(tick);
        if (const auto wrong = wrong_exclusion(excluded, fires, skipped); !wrong.empty()) {
            return fmt::format("its tick {} {}", format_timestamp(tick), wrong);
        }
        const auto fire_at = schedule.fire_at(tick);
        if (fire_at < tick || fire_at > tick + spec.jitter || fire_at >= schedule.next(tick)) {
            return fmt::format("its tick {} fires at {}, beyond its jitter", format_timestamp(tick),
                               format_timestamp(fire_at));
        }
        if (fires && latest < fire_at) {
            return fmt::format("its tick {} was fired before {}, when the preview lets it",
                               format_timestamp(tick), format_timestamp(fire_at));
        }
        if (fires && schedule.made.contains(tick)) {
            return fmt::format("its tick {} made two jobs", format_timestamp(tick));
        }
        if (skipped != nullptr && !excluded && !may_skip(spec, skipped->reason, fire_at, latest)) {
            return fmt::format("its tick {} was skipped as {}, which its policy does not allow",
                               format_timestamp(tick), to_string(skipped->reason));
        }
    }
    if (fired != request.ticks.size()) return "something was fired that is no tick of it";
    return {};
}

}  // namespace errand::sim
