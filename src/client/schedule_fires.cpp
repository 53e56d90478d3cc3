#include "client/schedule_fires.hpp"

#include "base/text.hpp"
#include "base/zone_database.hpp"
#include "core/schedule/plan.hpp"
#include "core/schedule/tick_job.hpp"

#include <errand/error.hpp>

#include <algorithm>
#include <span>
#include <string>

namespace errand::client {
namespace {

constexpr std::size_t ticks_of_a_call = 1'000;
/// A definition that changes between reading and firing is read anew so often.
constexpr int tries = 10;

Error unknown_schedule(std::string_view name) {
    return Error(ErrorCode::not_found, "no schedule has the name " + base::quote_for_message(name) +
                                           "; `errand schedule list` shows those there are");
}

ScheduleView read(Store& store, std::string_view name) {
    if (auto view = store.find_schedule(name)) return std::move(*view);
    throw unknown_schedule(name);
}

OverlapPolicy overlap_of(const ScheduleView& view, FireKind kind) {
    const auto overlap = view.definition.spec.overlap;
    // Who asks for past ticks wants every one of them.
    const bool all = kind != FireKind::backfill || overlap == OverlapPolicy::queue;
    return all ? overlap : OverlapPolicy::allow;
}

/// None: the definition is not that of `view` any more.
std::optional<std::vector<JobId>> fire(Store& store, const ScheduleView& view, FireKind kind,
                                       std::span<const Timestamp> ticks) {
    FireRequest request;
    request.schedule = view.definition.name;
    request.revision = view.revision;
    request.kind = kind;
    request.overlap = overlap_of(view, kind);
    const auto now = store.now();
    for (const auto tick : ticks) {
        request.ticks.push_back(
            {tick, core::make_tick_job(view.definition, kind, tick, new_job_id(), now)});
    }
    auto result = std::move(store.fire({&request, 1}).front());
    switch (result.kind) {
        case FireResult::Kind::recorded:
            return std::move(result.jobs);
        case FireResult::Kind::gone:
            throw unknown_schedule(view.definition.name);
        case FireResult::Kind::stale:
        case FireResult::Kind::unarmed:
            break;
    }
    return std::nullopt;
}

/// Reads the schedule and has it make jobs of the ticks that `choose(view)` gives, until the two
/// fit together.
template <class Choose>
std::vector<JobId> fire_present(Store& store, std::string_view name, FireKind kind, Choose choose) {
    for (int i = 0; i < tries; ++i) {
        const auto view = read(store, name);
        const std::vector<Timestamp> ticks = choose(view);
        if (auto jobs = fire(store, view, kind, ticks)) return std::move(*jobs);
    }
    throw Error(ErrorCode::conflict, "schedule " + base::quote_for_message(name) +
                                         ": its definition keeps changing; try again");
}

/// The ticks from `from` to `to` that are not excluded, at most `max`.
std::vector<Timestamp> ticks_between(const ScheduleView& view, Timestamp from, Timestamp to,
                                     std::size_t max) {
    const auto& definition = view.definition;
    const core::SchedulePlan plan{definition.name, definition.spec,
                                  base::system_zones().find(definition.spec.timezone)};
    std::vector<Timestamp> ticks;
    for (auto tick = plan.next(from - Duration{1}); tick && *tick <= to && ticks.size() < max;
         tick = plan.next(*tick)) {
        if (!plan.exclusions().hold(*tick)) ticks.push_back(*tick);
    }
    return ticks;
}

void check_count(const ScheduleView& view, Timestamp from, Timestamp to) {
    if (ticks_between(view, from, to, max_backfill + 1).size() <= max_backfill) return;
    throw Error(ErrorCode::limit_exceeded, "backfill: more than " + std::to_string(max_backfill) +
                                               " ticks; give a shorter time and go on after it");
}

}  // namespace

JobId rehearse_schedule(Store& store, std::string_view name) {
    const auto now = [&](const ScheduleView&) { return std::vector{store.now()}; };
    return fire_present(store, name, FireKind::rehearsal, now).at(0);
}

std::optional<JobId> run_schedule(Store& store, std::string_view name) {
    const auto now = [&](const ScheduleView&) { return std::vector{store.now()}; };
    const auto jobs = fire_present(store, name, FireKind::run_now, now);
    return jobs.empty() ? std::nullopt : std::optional{jobs.front()};
}

std::vector<JobId> backfill_schedule(Store& store, std::string_view name, Timestamp from,
                                     Timestamp to) {
    to = std::min(to, store.now());
    check_count(read(store, name), from, to);
    std::vector<JobId> made;
    std::size_t fired = 0;
    do {
        Timestamp last{};
        const auto next = [&](const ScheduleView& view) {
            auto ticks = ticks_between(view, from, to, ticks_of_a_call);
            fired = ticks.size();
            if (!ticks.empty()) last = ticks.back();
            return ticks;
        };
        const auto jobs = fire_present(store, name, FireKind::backfill, next);
        made.insert(made.end(), jobs.begin(), jobs.end());
        from = last + Duration{1};
    } while (fired == ticks_of_a_call);
    return made;
}

}  // namespace errand::client
