#include "engine/scheduler.hpp"

#include "base/failpoint.hpp"
#include "base/text.hpp"
#include "core/schedule/tick_job.hpp"

#include <errand/error.hpp>

#include <algorithm>
#include <utility>

namespace errand::engine {
namespace {

/// When the first tick after `last_tick` fires; none: there is none.
std::optional<Timestamp> next_fire(const core::SchedulePlan& plan, Timestamp last_tick) {
    const auto tick = plan.next(last_tick);
    return tick ? std::optional{plan.fire_at(*tick)} : std::nullopt;
}

}  // namespace

Scheduler::Scheduler(Store& store, const base::ZoneDatabase& zones, const Logger& log,
                     std::string worker, Options options)
    : store_(store),
      zones_(zones),
      log_(log),
      options_(std::move(options)),
      rehearsals_(store, std::move(worker)) {}

NextRun Scheduler::run_once(Timestamp now) {
    const auto generation = store_.generation(WakeChannel::control);
    bool more = false;
    if (must_load(generation, now)) {
        more = load(now);
        if (!more) generation_ = generation;
    }
    more = fire_due() || more;
    more = rehearsals_.look() || more;
    if (more || load_again_) return NextRun::at_once();
    return NextRun::on_channel(WakeChannel::control, generation, sleep_length(now));
}

bool Scheduler::must_load(std::uint32_t generation, Timestamp now) const {
    if (load_again_ || generation_ != generation) return true;
    return now < loaded_at_ || now - loaded_at_ >= options_.sleep_at_most;
}

bool Scheduler::load(Timestamp now) {
    const auto views = store_.schedules_after(version_, options_.page);
    base::failpoint("scheduler.loaded");
    for (const auto& view : views)
        take(view);
    if (!views.empty()) fired_at_.reset();  // what is due among them has waited already
    if (views.size() >= options_.page) return true;
    load_again_ = false;
    loaded_at_ = now;
    if (now < looked_at_ || now - looked_at_ >= options_.sleep_at_most) {
        rehearsals_.begin();
        looked_at_ = now;
    }
    return false;
}

void Scheduler::take(const ScheduleView& view) {
    const auto& definition = view.definition;
    version_ = view.version;
    armed_.remove(definition.name);
    rehearsals_.remove(definition.name);
    if (view.state == ScheduleState::draft) rehearsals_.add(definition.name);
    if (view.state != ScheduleState::armed) return;
    try {
        core::SchedulePlan plan{definition.name, definition.spec,
                                zones_.find(definition.spec.timezone)};
        const auto next = next_fire(plan, view.last_tick);
        armed_.put({definition, view.revision, std::move(plan), view.last_tick, next});
    } catch (const Error& error) {
        log_(LogLevel::error, "schedule " + base::quote_for_message(definition.name) + ": " +
                                  error.what() + "; this worker does not fire it");
    }
}

bool Scheduler::fire_due() {
    const auto now = store_.now();
    if (!armed_.next_at() || *armed_.next_at() > now || keeps_distance(now)) return false;
    fired_at_.reset();
    auto shots = aim(now);
    if (!shots.empty()) fire(shots);
    if (!armed_.next_at() || *armed_.next_at() > now) fired_at_ = now;
    return true;
}

bool Scheduler::keeps_distance(Timestamp now) const {
    return fired_at_ && now >= *fired_at_ && now < *fired_at_ + options_.distance;
}

std::vector<Scheduler::Shot> Scheduler::aim(Timestamp now) {
    std::vector<Shot> shots;
    std::size_t room = options_.batch;
    for (auto* schedule : armed_.due(now, options_.batch)) {
        if (room == 0) break;
        const auto most = std::min<std::size_t>(room, options_.ticks_each);
        auto due = core::due_ticks(schedule->plan, schedule->last_tick, now, most);
        if (due.last_tick == schedule->last_tick) {  // the clock was put back
            armed_.set_next(*schedule, due.next_at);
            continue;
        }
        const auto next_at = due.next_at;
        room -= std::max<std::size_t>(due.fire.size(), 1);
        shots.push_back({schedule, request_of(*schedule, std::move(due), now), next_at});
    }
    return shots;
}

FireRequest Scheduler::request_of(const ArmedSchedule& schedule, core::DueTicks due,
                                  Timestamp now) const {
    const auto& definition = schedule.definition;
    FireRequest request;
    request.schedule = definition.name;
    request.revision = schedule.revision;
    request.kind = FireKind::tick;
    request.after = schedule.last_tick;
    request.last_tick = due.last_tick;
    request.overlap = definition.spec.overlap;
    request.ticks.reserve(due.fire.size());
    for (const auto& due_tick : due.fire) {
        auto job =
            core::make_tick_job(definition, request.kind, due_tick.tick, options_.new_id(), now);
        request.ticks.push_back({due_tick.tick, std::move(job)});
    }
    request.skipped = std::move(due.skipped);
    return request;
}

void Scheduler::fire(std::vector<Shot>& shots) {
    std::vector<FireRequest> requests;
    requests.reserve(shots.size());
    for (auto& shot : shots)
        requests.push_back(std::move(shot.request));
    std::vector<FireResult> results;
    try {
        results = store_.fire(requests);
    } catch (const Error& error) {
        if (error.code() == ErrorCode::store_unavailable) throw;
        // One of them is refused, and all with it.
        for (std::size_t i = 0; i < shots.size(); ++i)
            fire_alone(shots[i], requests[i]);
        return;
    }
    for (std::size_t i = 0; i < shots.size(); ++i)
        note(shots[i], results[i]);
}

void Scheduler::fire_alone(const Shot& shot, const FireRequest& request) {
    try {
        note(shot, store_.fire({&request, 1}).front());
    } catch (const Error& error) {
        if (error.code() == ErrorCode::store_unavailable) throw;
        // A conflict is a clock that was put back meanwhile: nothing is wrong with the schedule.
        const bool is_early = error.code() == ErrorCode::conflict;
        const auto pause = is_early ? Duration{std::chrono::seconds{1}} : options_.set_aside;
        armed_.set_next(*shot.schedule, store_.now() + pause);
        log_(LogLevel::error, "schedule " + base::quote_for_message(request.schedule) + ": " +
                                  error.what() + "; trying again in " + format_duration(pause));
    }
}

void Scheduler::note(const Shot& shot, const FireResult& result) {
    auto& schedule = *shot.schedule;
    switch (result.kind) {
        case FireResult::Kind::recorded:
            schedule.last_tick = result.last_tick;
            return armed_.set_next(schedule, shot.next_at);
        case FireResult::Kind::stale:
            schedule.last_tick = result.last_tick;
            if (result.revision == schedule.revision) {
                return armed_.set_next(schedule, next_fire(schedule.plan, schedule.last_tick));
            }
            break;
        case FireResult::Kind::unarmed:
            break;
        case FireResult::Kind::gone:
            return armed_.remove(std::string{schedule.definition.name});
    }
    // What changed is in the store by now, whether its wake-up has come or not.
    armed_.set_next(schedule, std::nullopt);
    load_again_ = true;
}

Duration Scheduler::sleep_length(Timestamp now) {
    auto delay = loaded_at_ + options_.sleep_at_most - now;
    if (auto next = armed_.next_at()) {
        const auto store_now = store_.now();
        if (keeps_distance(store_now)) next = std::max(*next, *fired_at_ + options_.distance);
        delay = std::min(delay, *next - store_now);
    }
    return std::max(delay, Duration::zero());
}

}  // namespace errand::engine
