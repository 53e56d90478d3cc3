#include "core/schedule/due_ticks.hpp"

#include <errand/limits.hpp>

#include <algorithm>

namespace errand::core {
namespace {

/// All ticks up to `last` do not fire, because of `reason` where they are not excluded anyway.
struct Dropped {
    std::optional<Timestamp> last;
    SkipReason reason = SkipReason::missed;
};

/// The last tick up to `tick` and after `after` that is not excluded.
std::optional<Timestamp> newest_allowed(const SchedulePlan& plan, std::optional<Timestamp> tick,
                                        Timestamp after) {
    while (tick && *tick > after && plan.exclusions().hold(*tick))
        tick = plan.prev(plan.exclusions().skip_back(*tick));
    return tick && *tick > after ? tick : std::nullopt;
}

/// The last tick that fired longer than `age` before `now`.
std::optional<Timestamp> newest_older_than(const SchedulePlan& plan, Timestamp now, Duration age) {
    return plan.newest_due(now - age - Duration{1});
}

Dropped dropped_for_latest(const SchedulePlan& plan, Timestamp last_tick, Timestamp now,
                           std::optional<Timestamp> newest) {
    const auto& spec = plan.spec();
    const auto missed = newest_older_than(plan, now, spec.misfire_after);
    if (!missed) return {};
    const auto chosen = newest_allowed(plan, newest, last_tick);
    if (!chosen) return {};  // all are excluded
    if (*chosen > *missed) return {missed, SkipReason::superseded};
    const auto window = std::max(spec.catchup_window, spec.misfire_after);
    if (now - plan.fire_at(*chosen) > window) return {missed, SkipReason::too_late};
    return {plan.prev(*chosen), SkipReason::superseded};
}

Dropped dropped_by_policy(const SchedulePlan& plan, Timestamp last_tick, Timestamp now,
                          std::optional<Timestamp> newest) {
    const auto& spec = plan.spec();
    switch (spec.misfire) {
        case MisfirePolicy::skip:
            return {newest_older_than(plan, now, spec.misfire_after), SkipReason::missed};
        case MisfirePolicy::latest:
            return dropped_for_latest(plan, last_tick, now, newest);
        case MisfirePolicy::all:
            break;
    }
    const auto window = std::max(spec.catchup_window, spec.misfire_after);
    return {newest_older_than(plan, now, window), SkipReason::too_late};
}

/// Writes down decisions, up to a number of ticks.
class Decisions {
public:
    Decisions(const SchedulePlan& plan, Timestamp last_tick, std::size_t max)
        : plan_(plan), room_(std::max<std::size_t>(max, 1)) {
        result_.last_tick = last_tick;
    }

    /// Ticks up to `dropped.last`; those for which there is no room are passed over at once.
    void drop(const Dropped& dropped) {
        if (!dropped.last) return;
        for (auto tick = next(*dropped.last); tick; tick = next(*dropped.last)) {
            if (room_ == 0) return pass_over(*dropped.last, dropped.reason);
            const bool is_excluded = plan_.exclusions().hold(*tick);
            skip(*tick, is_excluded ? SkipReason::excluded : dropped.reason);
        }
    }

    /// The ticks after those up to `newest`, as far as there is room.
    void fire(Timestamp newest) {
        for (auto tick = next(newest); tick && room_ > 0; tick = next(newest)) {
            if (plan_.exclusions().hold(*tick)) {
                skip(*tick, SkipReason::excluded);
            } else {
                result_.fire.push_back({*tick, plan_.fire_at(*tick)});
                continues_ = false;
                deal_with(*tick);
            }
        }
    }

    DueTicks finish(Timestamp now) && {
        if (const auto tick = plan_.next(result_.last_tick)) {
            result_.next_at = std::max(now, plan_.fire_at(*tick));
        }
        return std::move(result_);
    }

private:
    [[nodiscard]] std::optional<Timestamp> next(Timestamp last) const {
        const auto tick = plan_.next(result_.last_tick);
        return tick && *tick <= last ? tick : std::nullopt;
    }

    void deal_with(Timestamp tick) {
        result_.last_tick = tick;
        --room_;
    }

    void skip(Timestamp tick, SkipReason reason) {
        auto& skipped = result_.skipped;
        if (!continues_ || skipped.back().reason != reason) {
            skipped.push_back({tick, tick, 0, true, reason});
        }
        skipped.back().last = tick;
        ++skipped.back().count;
        continues_ = true;
        deal_with(tick);
    }

    void pass_over(Timestamp last, SkipReason reason) {
        auto& skipped = result_.skipped;
        if (skipped.back().reason != reason) {
            skipped.push_back({*next(last), last, 0, true, reason});
        }
        skipped.back().last = last;
        skipped.back().is_counted = false;
        result_.last_tick = last;
    }

    const SchedulePlan& plan_;
    std::size_t room_;
    bool continues_ = false;  ///< the last decision stands at the end of `skipped`
    DueTicks result_;
};

/// What nearly every call comes to, found with a few steps: nothing is due yet, or one tick is and
/// it is not late, so that no policy has anything to say. None: it is not that simple.
std::optional<DueTicks> usual_case(const SchedulePlan& plan, Timestamp last_tick, Timestamp now) {
    DueTicks result;
    result.last_tick = last_tick;
    const auto tick = plan.next(last_tick);
    if (!tick) return result;
    const auto fire_at = plan.fire_at(*tick);
    if (fire_at > now) {
        result.next_at = fire_at;
        return result;
    }
    if (now - fire_at > plan.spec().misfire_after) return std::nullopt;
    if (const auto following = plan.next(*tick)) {
        result.next_at = plan.fire_at(*following);
        if (*result.next_at <= now) return std::nullopt;
    }
    if (plan.exclusions().hold(*tick)) {
        result.skipped.push_back({*tick, *tick, 1, true, SkipReason::excluded});
    } else {
        result.fire.push_back({*tick, fire_at});
    }
    result.last_tick = *tick;
    return result;
}

}  // namespace

DueTicks due_ticks(const SchedulePlan& plan, Timestamp last_tick, Timestamp now, std::size_t max) {
    if (auto usual = usual_case(plan, last_tick, now)) return std::move(*usual);
    Decisions decisions{plan, last_tick, max};
    const auto newest = plan.newest_due(now);
    if (newest && *newest > last_tick) {
        decisions.drop(dropped_by_policy(plan, last_tick, now, newest));
        decisions.fire(*newest);
    }
    return std::move(decisions).finish(now);
}

}  // namespace errand::core
