#include "conformance/model_player.hpp"

#include "core/schedule/tick_job.hpp"
#include "support/dump.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <algorithm>

// The calls about schedules, played by random numbers.

namespace errand::test {

using namespace std::chrono_literals;

namespace {

constexpr std::array names{"s1", "s2"};

ScheduleDefinition definition(const Command& command) {
    const auto& n = command.numbers;
    ScheduleDefinition definition{
        names[n[0] % names.size()], {.timing = Interval{(1 + n[1] % 2) * 1s}}, {}, {}, false};
    definition.spec.overlap = static_cast<OverlapPolicy>(n[2] % 4);
    definition.job.type = n[3] % 2 == 0 ? "a" : "b";
    definition.job.queue = n[4] % 2 == 0 ? "q1" : "q2";
    if (n[5] % 3 == 0 && definition.spec.overlap != OverlapPolicy::queue) definition.job.key = "k0";
    if (n[6] % 3 == 0) definition.expires_in = 2s;
    definition.require_rehearsal = n[7] % 3 == 0;
    return definition;
}

/// Ticks that end now, half a second apart, where the kind may have them.
std::vector<Timestamp> ticks_of(FireKind kind, const FireRequest& request, std::uint32_t count,
                                Timestamp now) {
    if (kind == FireKind::run_now || kind == FireKind::rehearsal) return {now};
    std::vector<Timestamp> ticks;
    for (std::uint32_t back = count; back-- > 0;) {
        const Timestamp tick = now - back * 500ms;
        if (kind == FireKind::backfill || tick > request.after) ticks.push_back(tick);
    }
    return ticks;
}

/// Mostly one that is carried out, sometimes a stale one.
FireRequest request_for(const ScheduleView& view, const Command& command,
                        std::span<const JobId> fresh, Timestamp now) {
    const auto& n = command.numbers;
    constexpr std::array kinds{FireKind::tick,    FireKind::tick,      FireKind::tick,
                               FireKind::run_now, FireKind::rehearsal, FireKind::backfill};
    FireRequest request;
    request.schedule = view.definition.name;
    request.revision = view.revision - (n[1] % 13 == 0 ? 1 : 0);
    request.kind = kinds[n[2] % kinds.size()];
    request.after = view.last_tick - (n[3] % 11 == 0 ? 1s : 0s);
    request.last_tick = now;
    request.overlap = view.definition.spec.overlap;
    std::size_t next = 0;
    for (const Timestamp tick : ticks_of(request.kind, request, n[4] % 4, now)) {
        request.ticks.push_back(
            {tick, core::make_tick_job(view.definition, request.kind, tick, fresh[next++], now)});
    }
    if (request.kind == FireKind::tick && n[5] % 4 == 0 && request.after + 1us < now) {
        const Timestamp skipped = request.after + 1us;
        request.skipped.push_back(
            {skipped, skipped, 1 + n[6], n[6] % 2 == 0, static_cast<SkipReason>(n[7] % 4)});
    }
    return request;
}

std::string dump(const std::optional<JobId>& id) {
    return id ? to_string(*id) : "none";
}

std::string dump(const ScheduleView& view) {
    return fmt::format(
        "schedule {} state={} revision={} version={} last_tick={} changed_at={} by='{}' "
        "last_job={} rehearsal={} of {}\n",
        to_json_text(view.definition), to_string(view.state), view.revision, view.version,
        format_timestamp(view.last_tick), format_timestamp(view.changed_at), view.changed_by,
        dump(view.last_job), dump(view.rehearsal), view.rehearsal_revision);
}

std::string dump(const FireRecord& line) {
    return fmt::format("  {} at={} {} job={} tick={} last={} count={} {} skipped={}\n", line.seq,
                       format_timestamp(line.at), to_string(line.kind), dump(line.job),
                       format_timestamp(line.tick), format_timestamp(line.last), line.count,
                       line.is_counted, line.skipped ? to_string(*line.skipped) : "no");
}

std::string text_of(const std::vector<FireResult>& results) {
    std::string text;
    for (const FireResult& result : results) {
        text += fmt::format("{} revision={} last_tick={}", static_cast<int>(result.kind),
                            result.revision, format_timestamp(result.last_tick));
        for (const JobId& job : result.jobs)
            text += " " + to_string(job);
        text += "\n";
    }
    return text;
}

/// What `call` gives, or the kind of its refusal.
template <class F>
std::string answer_of(F call) {
    try {
        return call();
    } catch (const Error& error) {
        return fmt::format("refused: {}", error.what());
    }
}

}  // namespace

std::string Player::put_schedule(const Command& command) {
    return answer_of([&] {
        return fmt::format("{}",
                           static_cast<int>(store_->put_schedule(definition(command), "somebody")));
    });
}

std::string Player::set_schedule_state(const Command& command) {
    constexpr std::array states{ScheduleState::armed, ScheduleState::armed,
                                ScheduleState::rehearsed, ScheduleState::paused,
                                ScheduleState::draft};
    const auto& n = command.numbers;
    return answer_of([&] {
        store_->set_schedule_state(names[n[0] % names.size()], states[n[1] % states.size()],
                                   fmt::format("somebody {}", n[2]));
        return std::string{"set"};
    });
}

std::string Player::fire(const Command& command, std::span<const JobId> fresh) {
    const auto view = store_->find_schedule(names[command.numbers[0] % names.size()]);
    if (!view) return "no schedule";
    std::vector<FireRequest> requests{request_for(*view, command, fresh, store_->now())};
    if (command.numbers[6] % 5 == 0) requests.push_back(requests[0]);
    return answer_of([&] {
        const auto results = store_->fire(requests);
        for (const FireResult& result : results)
            std::ranges::copy(result.jobs, std::back_inserter(ids_));
        return text_of(results);
    });
}

std::string Player::remove_schedule(const Command& command) {
    return fmt::format("{}", store_->remove_schedule(names[command.numbers[0] % names.size()]));
}

std::string Player::schedules() {
    std::string text;
    for (const ScheduleView& view : store_->schedules_after(0, 100)) {
        text += dump(view);
        for (const FireRecord& line : store_->schedule_history(view.definition.name, 0, 20))
            text += dump(line);
    }
    return text;
}

}  // namespace errand::test
