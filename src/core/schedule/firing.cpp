#include "core/schedule/firing.hpp"

#include "base/text.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace errand::core {
namespace {

[[noreturn]] void refuse(const FireRequest& request, const std::string& reason,
                         ErrorCode code = ErrorCode::invalid_argument) {
    throw Error(code,
                fmt::format("schedule {}: {}", base::quote_for_message(request.schedule), reason));
}

bool stands_for_ticks(FireKind kind) noexcept {
    return kind == FireKind::tick || kind == FireKind::backfill;
}

void check_order(const FireRequest& request) {
    const auto out_of_order = [](const FireTick& a, const FireTick& b) { return a.tick >= b.tick; };
    const bool wrong =
        std::ranges::adjacent_find(request.ticks, out_of_order) != request.ticks.end();
    if (wrong) refuse(request, "its ticks are not in order; sort them");
}

/// A tick in the future would be dealt with before its time has come, and lost.
void check_past(const FireRequest& request, Timestamp newest, Timestamp now) {
    if (newest <= now) return;
    refuse(request,
           fmt::format("the tick {} lies in the future: it is {} now; wait for it",
                       format_timestamp(newest), format_timestamp(now)),
           ErrorCode::conflict);
}

void check_span(const FireRequest& request) {
    if (request.last_tick <= request.after) {
        refuse(request,
               fmt::format("last_tick {} is not later than after {}",
                           format_timestamp(request.last_tick), format_timestamp(request.after)));
    }
    const auto beyond = [&](Timestamp first, Timestamp last) {
        return first <= request.after || last > request.last_tick || last < first;
    };
    const bool outside =
        std::ranges::any_of(request.ticks,
                            [&](const FireTick& tick) { return beyond(tick.tick, tick.tick); }) ||
        std::ranges::any_of(request.skipped, [&](const SkippedTicks& ticks) {
            return beyond(ticks.first, ticks.last);
        });
    if (outside) refuse(request, "a tick does not lie between after and last_tick");
}

void check_job(const FireRequest& request, const NewJob& job) {
    if (job.id.is_nil()) refuse(request, "id of a new job is nil: make one with new_job_id()");
    if (!job.unique_key.empty()) refuse(request, "its jobs cannot have a unique key; leave it out");
}

/// Neither noted nor to be seen in the newest rehearsal's job.
[[noreturn]] void refuse_unrehearsed(const ScheduleStanding& standing) {
    const bool ran = standing.rehearsal_revision == standing.revision;
    throw Error(ErrorCode::conflict,
                ran ? "its newest rehearsal has not completed (or its job was pruned since); look "
                      "at how it went, or rehearse it again"
                    : "no rehearsal of its present definition succeeded yet; rehearse it first");
}

}  // namespace

ScheduleState state_after_change(ScheduleState state, bool require_rehearsal) {
    return require_rehearsal || state == ScheduleState::rehearsed ? ScheduleState::draft : state;
}

bool depends_on_rehearsal(const ScheduleStanding& standing, ScheduleState to) {
    if (standing.rehearsal_revision != standing.revision) return false;
    if (standing.rehearsed_revision == standing.revision) return false;
    return to == ScheduleState::rehearsed ||
           (to == ScheduleState::armed && standing.require_rehearsal);
}

bool change_state(ScheduleStanding& standing, ScheduleState to, bool rehearsal_completed,
                  Timestamp now) {
    const auto from = standing.state;
    if (to == ScheduleState::draft) {
        throw Error(ErrorCode::invalid_argument,
                    "state: a schedule becomes no draft by itself; pause it, or change its "
                    "definition");
    }
    const bool is_past_rehearsal = from == ScheduleState::armed || from == ScheduleState::paused;
    if (to == from || (to == ScheduleState::rehearsed && is_past_rehearsal)) return false;
    const bool needs_rehearsal = to == ScheduleState::rehearsed ||
                                 (to == ScheduleState::armed && standing.require_rehearsal);
    if (needs_rehearsal && standing.rehearsed_revision != standing.revision) {
        const bool succeeded = depends_on_rehearsal(standing, to) && rehearsal_completed;
        if (!succeeded) refuse_unrehearsed(standing);
        standing.rehearsed_revision = standing.revision;
    }
    // Never back: a clock that was put back would let ticks come twice.
    if (to == ScheduleState::armed) standing.last_tick = std::max(standing.last_tick, now);
    standing.state = to;
    return true;
}

FireResult::Kind verdict(const ScheduleStanding& standing, const FireRequest& request) {
    if (request.revision != standing.revision) return FireResult::Kind::stale;
    if (request.kind != FireKind::tick) return FireResult::Kind::recorded;
    if (standing.state != ScheduleState::armed) return FireResult::Kind::unarmed;
    return request.after == standing.last_tick ? FireResult::Kind::recorded
                                               : FireResult::Kind::stale;
}

Timestamp last_tick_after(const ScheduleStanding& standing, const FireRequest& request) {
    if (request.kind == FireKind::tick) return request.last_tick;
    const bool is_ahead = request.kind == FireKind::backfill &&
                          standing.state != ScheduleState::armed && !request.ticks.empty();
    return is_ahead ? std::max(standing.last_tick, request.ticks.back().tick) : standing.last_tick;
}

bool is_to_backfill(const ScheduleStanding& standing, Timestamp tick) {
    return standing.state != ScheduleState::armed || tick <= standing.last_tick;
}

void check_fire_request(const FireRequest& request, Timestamp now) {
    for (const FireTick& tick : request.ticks)
        check_job(request, tick.job);
    if (!stands_for_ticks(request.kind)) {
        if (request.ticks.size() != 1) refuse(request, "this kind makes one job; give one tick");
        return;
    }
    check_order(request);
    if (request.kind == FireKind::tick) {
        check_span(request);
        check_past(request, request.last_tick, now);
    } else if (!request.ticks.empty()) {
        check_past(request, request.ticks.back().tick, now);
    }
}

bool tells_of_tick(const FireRecord& line) noexcept {
    return line.job && stands_for_ticks(line.kind);
}

FireRecord FireLines::line(Timestamp first, Timestamp last) const {
    FireRecord record;
    record.at = now_;
    record.kind = request_.kind;
    record.tick = first;
    record.last = last;
    return record;
}

void FireLines::add_skipped_before(Timestamp tick) {
    for (; skipped_ < request_.skipped.size(); ++skipped_) {
        const SkippedTicks& ticks = request_.skipped[skipped_];
        if (ticks.first >= tick) return;
        FireRecord record = line(ticks.first, ticks.last);
        record.count = ticks.count;
        record.is_counted = ticks.is_counted;
        record.skipped = ticks.reason;
        lines_.push_back(record);
    }
}

void FireLines::add_made(Timestamp tick, const JobId& job) {
    // What is no tick of the schedule is known by the time at which it was asked for.
    const Timestamp shown = stands_for_ticks(request_.kind) ? tick : now_;
    add_skipped_before(shown);
    lines_.push_back(line(shown, shown));
    lines_.back().job = job;
}

void FireLines::add_overlap(Timestamp tick) {
    const Timestamp shown = stands_for_ticks(request_.kind) ? tick : now_;
    add_skipped_before(shown);
    if (!lines_.empty() && lines_.back().skipped == SkipReason::overlap) {
        lines_.back().last = shown;
        ++lines_.back().count;
        return;
    }
    lines_.push_back(line(shown, shown));
    lines_.back().skipped = SkipReason::overlap;
}

std::vector<FireRecord> FireLines::take() {
    add_skipped_before(Timestamp::max());
    return std::move(lines_);
}

void ForgottenTicks::note(const FireRecord& dropped) {
    if (!tells_of_tick(dropped)) return;
    auto& span = dropped.kind == FireKind::tick ? ticks : backfills;
    if (!span) span = Span{dropped.tick, dropped.tick};
    span->first = std::min(span->first, dropped.tick);
    span->last = std::max(span->last, dropped.tick);
}

void ForgottenTicks::check(const FireRequest& backfill) const {
    for (const auto& span : {ticks, backfills}) {
        if (!span) continue;
        const auto is_inside = [&](const FireTick& tick) {
            return tick.tick >= span->first && tick.tick <= span->last;
        };
        if (std::ranges::none_of(backfill.ticks, is_inside)) continue;
        refuse(backfill,
               fmt::format("which ticks from {} to {} made a job is no longer known: the history "
                           "keeps {} lines; backfill what lies outside of these",
                           format_timestamp(span->first), format_timestamp(span->last),
                           Schedules::history_kept),
               ErrorCode::conflict);
    }
}

}  // namespace errand::core
