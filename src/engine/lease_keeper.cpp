#include "engine/lease_keeper.hpp"

#include "base/failpoint.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <utility>

namespace errand::engine {
namespace {

/// Has `period` passed since `since`? A clock that was set back counts as yes.
bool passed(Timestamp now, Timestamp since, Duration period) {
    return now < since || now - since >= period;
}

}  // namespace

LeaseKeeper::LeaseKeeper(JobPath& store, InFlight& in_flight, FinishedList& finished,
                         Counters& counters, const Logger& log, Options options)
    : store_(store),
      in_flight_(in_flight),
      finished_(finished),
      counters_(counters),
      log_(log),
      options_(std::move(options)) {}

NextRun LeaseKeeper::run_once(Timestamp now) {
    Round round{now, store_.generation(WakeChannel::control), now + options_.period};
    if (in_flight_.sleep_if_empty(signal())) {
        counters_.stuck = 0;
        return NextRun::on_signal();
    }
    tickets_.clear();
    heartbeats_.clear();
    in_flight_.for_each([&](Execution& execution) { look_at(execution, round); });
    counters_.stuck = round.stuck;
    send(round);
    const auto delay = std::max(round.next - now, Duration{1'000});
    return NextRun::on_channel(WakeChannel::control, round.control, delay);
}

void LeaseKeeper::look_at(Execution& execution, Round& round) {
    const auto phase = execution.phase();
    if (execution.lost || phase == Phase::abandoned) return;
    if (phase == Phase::running) check_deadline(execution, round);
    if (phase == Phase::queued && give_back_if_old(execution, round)) return;
    add_heartbeat(execution, round);
}

void LeaseKeeper::check_deadline(Execution& execution, Round& round) {
    const auto deadline = execution.deadline();
    if (!deadline) return;
    if (round.now < *deadline) {
        round.next = std::min(round.next, *deadline);
        return;
    }
    execution.request_stop(StopReason::timed_out);
    if (round.now - *deadline < options_.stuck_after) return;
    ++round.stuck;
    if (std::exchange(execution.stuck, true)) return;
    log_(LogLevel::warning, "job " + to_string(execution.id()) +
                                ": its handler runs on although its time-out has passed and it "
                                "was asked to stop; it holds a thread");
}

bool LeaseKeeper::give_back_if_old(Execution& execution, const Round& round) {
    if (round.now - execution.queued_at < options_.queued_at_most) return false;
    execution.line().handler_time.add_stall(options_.queued_at_most);
    end_queued(execution, core::decide_release(execution.lease()));
    return true;
}

void LeaseKeeper::add_heartbeat(Execution& execution, const Round& round) {
    Heartbeat heartbeat{execution.lease().ref, {}, execution.take_progress(), {}};
    if (passed(round.now, execution.extended_at, options_.lease / 3)) {
        heartbeat.extend = options_.lease;
    }
    if (passed(round.now, execution.log_saved_at, options_.log_every)) {
        heartbeat.log = execution.take_log();
        if (heartbeat.log) execution.log_saved_at = round.now;
    }
    const bool look = execution.phase() != Phase::finished &&
                      (execution.control_seen != round.control ||
                       passed(round.now, execution.seen_at, options_.look_every));
    if (!look && !heartbeat.extend && !heartbeat.progress && !heartbeat.log) return;
    tickets_.push_back({&execution, execution.generation()});
    heartbeats_.push_back(std::move(heartbeat));
}

void LeaseKeeper::send(const Round& round) {
    const std::span all{heartbeats_};
    for (std::size_t from = 0; from < all.size(); from += options_.batch) {
        const auto part = all.subspan(from, std::min(options_.batch, all.size() - from));
        std::vector<HeartbeatResult> results;
        try {
            base::failpoint("lease_keeper.before_heartbeat");
            results = store_.heartbeat(part);
            base::failpoint("lease_keeper.heard");
        } catch (...) {
            keep_unsaved(from);
            throw;
        }
        for (std::size_t i = 0; i < results.size(); ++i) {
            apply(tickets_[from + i], part[i], results[i], round);
        }
    }
}

/// The store did not take the heartbeats from `from` on: what they carried goes with the next.
void LeaseKeeper::keep_unsaved(std::size_t from) {
    for (std::size_t i = from; i < heartbeats_.size(); ++i) {
        in_flight_.with(tickets_[i], [&](Execution& execution) {
            if (heartbeats_[i].progress) execution.keep_progress();
            if (heartbeats_[i].log) execution.keep_log();
        });
    }
}

void LeaseKeeper::apply(const Ticket& ticket, const Heartbeat& sent, HeartbeatResult result,
                        const Round& round) {
    in_flight_.with(ticket, [&](Execution& execution) {
        execution.seen_at = round.now;
        execution.control_seen = round.control;
        if (result == HeartbeatResult::lease_lost) return lost(execution);
        if (sent.extend) execution.extended_at = round.now;
        if (result == HeartbeatResult::cancel_requested) cancelled(execution, round);
    });
}

void LeaseKeeper::lost(Execution& execution) {
    const auto phase = execution.phase();
    if (phase == Phase::finished) return;  // its settlement may just have been recorded
    execution.lost = true;
    if (phase == Phase::queued) end_queued(execution, core::decide_release(execution.lease()));
    execution.request_stop(StopReason::lease_lost);
}

void LeaseKeeper::cancelled(Execution& execution, const Round& round) {
    if (execution.phase() == Phase::queued) {
        auto site = options_.site;
        site.now = round.now;
        end_queued(execution, core::decide(execution.lease(), Outcome::cancel("cancelled"),
                                           StopReason::cancelled, 0.5, site, {}));
    }
    execution.request_stop(StopReason::cancelled);
}

/// Settles a lease whose handler has not begun, unless it begins this moment.
void LeaseKeeper::end_queued(Execution& execution, Settlement settlement) {
    if (!execution.advance(execution.generation(), Phase::queued, Phase::finished)) return;
    execution.settlement = std::move(settlement);
    finished_.push(execution);
}

}  // namespace errand::engine
