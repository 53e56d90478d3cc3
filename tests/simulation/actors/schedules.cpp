#include "simulation/actors/schedules.hpp"

#include "core/schedule/tick_job.hpp"
#include "simulation/actors/insist.hpp"
#include "simulation/oracle/hours.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <array>
#include <vector>

namespace errand::sim {

using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t schedules = 2;

std::string name_of(std::uint64_t number) {
    return fmt::format("s{}", number);
}

FireRequest request_for(const ScheduleView& view, FireKind kind) {
    FireRequest request;
    request.schedule = view.definition.name;
    request.revision = view.revision;
    request.kind = kind;
    request.overlap = view.definition.spec.overlap;
    return request;
}

}  // namespace

void ScheduleUsers::begin(Store& store) {
    for (std::uint64_t number = 0; number < schedules; ++number) {
        auto definition = some_definition(number);
        definition.require_rehearsal = false;
        insist(world_, [&] { store.put_schedule(definition, {}); });
        insist(world_,
               [&] { store.set_schedule_state(definition.name, ScheduleState::armed, {}); });
    }
}

ScheduleDefinition ScheduleUsers::some_definition(std::uint64_t number) {
    auto& chance = world_.chance;
    constexpr std::array expressions{"*/3 * * * * *", "1,2,9-40/6,50 * * * * *", "*/7 * * * * *"};
    const Interval interval{chance.between(1s, 5s)};
    ScheduleDefinition definition{name_of(number), {.timing = interval}, {}, {}, false};
    auto& spec = definition.spec;
    if (chance.hit(0.5)) {
        spec.timing = CronExpression::parse(expressions[chance.below(expressions.size())]);
        spec.timezone = known_zones[chance.below(known_zones.size())];
    }
    if (chance.hit(0.5)) spec.jitter = chance.between(1ms, 4s);
    if (chance.hit(0.3)) spec.exclusions = some_exclusions(spec.timezone);
    spec.misfire = static_cast<MisfirePolicy>(chance.below(3));
    spec.misfire_after = chance.between(1s, 4s);
    spec.catchup_window = chance.hit(0.5) ? chance.between(1s, 10s) : Duration{24h};
    constexpr std::array overlaps{OverlapPolicy::allow, OverlapPolicy::skip, OverlapPolicy::queue,
                                  OverlapPolicy::cancel_previous};
    spec.overlap = overlaps[chance.below(overlaps.size())];
    definition.job.type = "script";
    definition.job.queue = chance.hit(0.5) ? "a" : "b";
    definition.require_rehearsal = chance.hit(0.3);
    return definition;
}

/// The present day there or the one after, as lives may go on beyond midnight.
std::vector<DateRange> ScheduleUsers::some_exclusions(const std::string& zone) {
    using std::chrono::days;
    const auto today = std::chrono::floor<days>(shown_in(zone, world_.store_clock.now()));
    const auto first = today + days{world_.chance.below(2)};
    const auto last = first + days{world_.chance.below(2)};
    return {{std::chrono::year_month_day{first}, std::chrono::year_month_day{last}}};
}

/// A new definition, a pause or an end of it, or a job out of turn.
void ScheduleUsers::change(Store& store) {
    auto& chance = world_.chance;
    const auto number = chance.below(schedules);
    const auto name = name_of(number);
    const auto what = chance.below(10);
    if (what < 2) {
        backfill(store, name);
    } else if (what < 4) {
        make_now(store, name, FireKind::rehearsal);
    } else if (what == 4) {
        make_now(store, name, FireKind::run_now);
    } else if (what < 7) {
        store.put_schedule(some_definition(number), {});
    } else {
        // One that needs a rehearsal is refused: a conflict, as long as none has completed.
        const auto to = chance.hit(0.2) ? ScheduleState::paused : ScheduleState::armed;
        store.set_schedule_state(name, to, {});
    }
}

/// As client::rehearse_schedule() and client::run_schedule() make it.
void ScheduleUsers::make_now(Store& store, const std::string& name, FireKind kind) {
    const auto view = store.find_schedule(name);
    if (!view) return;
    const auto now = store.now();
    auto request = request_for(*view, kind);
    request.ticks.push_back(
        {now, core::make_tick_job(view->definition, kind, now, world_.chance.job_id(), now)});
    fire(store, request);
}

/// Ticks of the last seconds, as client::backfill_schedule() makes them.
void ScheduleUsers::backfill(Store& store, const std::string& name) {
    auto& chance = world_.chance;
    const auto view = store.find_schedule(name);
    if (!view) return;
    const auto& definition = view->definition;
    const auto now = store.now();
    auto request = request_for(*view, FireKind::backfill);
    const auto from = now - chance.between(1s, 20s);
    for (const auto& upcoming : upcoming(definition.spec, from, 5, name)) {
        if (upcoming.tick > now) break;
        if (!upcoming.fires()) continue;
        request.ticks.push_back(
            {upcoming.tick,
             core::make_tick_job(definition, request.kind, upcoming.tick, chance.job_id(), now)});
    }
    if (!request.ticks.empty()) fire(store, request);
}

/// Repeats the call as it was, as somebody must who does not know what became of it.
void ScheduleUsers::fire(Store& store, const FireRequest& request) {
    auto& chance = world_.chance;
    for (auto tries = 1 + chance.below(3); tries > 0; --tries) {
        try {
            static_cast<void>(store.fire({&request, 1}));
            if (chance.hit(0.8)) return;
        } catch (const Error& error) {
            if (error.code() != ErrorCode::store_unavailable) throw;
            world_.scheduler.sleep(chance.between(10ms, 300ms));
        }
    }
}

void ScheduleUsers::rest(Store& store) {
    for (std::uint64_t number = 0; number < schedules; ++number) {
        const auto name = name_of(number);
        if (store.find_schedule(name)) store.set_schedule_state(name, ScheduleState::paused, {});
    }
}

}  // namespace errand::sim
