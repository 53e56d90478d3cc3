#include "engine/settler.hpp"

#include "base/failpoint.hpp"
#include "core/decide.hpp"

#include <errand/error.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace errand::engine {
namespace {

/// The store refuses what it was given, and would do so again.
bool is_refusal(const Error& error) {
    return error.code() == ErrorCode::invalid_argument ||
           error.code() == ErrorCode::limit_exceeded || error.code() == ErrorCode::conflict;
}

}  // namespace

Settler::Settler(JobPath& store, InFlight& in_flight, FinishedList& finished, Counters& counters,
                 const Logger& log, Options options)
    : store_(store),
      in_flight_(in_flight),
      finished_(finished),
      counters_(counters),
      log_(log),
      options_(options) {
    finished_.set_taker(signal());
}

NextRun Settler::run_once(Timestamp /*now*/) {
    if (batch_.empty()) gather();
    if (batch_.empty()) return NextRun::on_signal();
    save_progress();
    base::failpoint("settler.before_settle");
    try {
        finish(store_.settle(items_));
    } catch (const Error& error) {
        if (!is_refusal(error)) throw;
        settle_each();
    }
    return NextRun::at_once();
}

void Settler::gather() {
    finished_.take_all(waiting_);
    const auto count = std::min(waiting_.size(), options_.batch);
    const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(count);
    batch_.assign(waiting_.begin(), end);
    waiting_.erase(waiting_.begin(), end);
    items_.clear();
    for (auto* execution : batch_) {
        items_.push_back(std::move(execution->settlement));
        if (auto progress = execution->take_progress()) {
            progress_.push_back({execution->lease().ref, {}, std::move(progress), {}});
        }
    }
}

/// The last progress stays visible after the end, so it goes before the settlement.
void Settler::save_progress() {
    if (progress_.empty()) return;
    static_cast<void>(store_.heartbeat(progress_));  // a lost lease shows in the settlement
    progress_.clear();
}

/// One settlement spoils the batch: finds it, and leaves its lease to run out.
void Settler::settle_each() {
    std::vector<SettleResult> results;
    for (const auto& item : items_) {
        try {
            results.push_back(store_.settle({&item, 1}).front());
        } catch (const Error& error) {
            if (!is_refusal(error)) throw;
            log_(LogLevel::error, "job " + to_string(item.lease.id) +
                                      ": the store refuses its outcome: " + error.what());
            results.push_back(SettleResult::lease_lost);
        }
    }
    finish(results);
}

void Settler::finish(std::span<const SettleResult> results) {
    base::failpoint("settler.settled");
    for (std::size_t i = 0; i < results.size(); ++i)
        count(items_[i], results[i]);
    in_flight_.release(batch_);
    batch_.clear();
}

void Settler::count(const Settlement& settlement, SettleResult result) {
    if (result == SettleResult::lease_lost) {
        Counters::add(counters_.leases_lost, 1);
        log_(LogLevel::warning, "job " + to_string(settlement.lease.id) +
                                    ": its lease was lost, so its outcome is not recorded");
        return;
    }
    const auto to = result == SettleResult::recorded_cancel ? JobState::cancelled : settlement.to;
    switch (to) {
        case JobState::completed:
            Counters::add(counters_.completed, 1);
            break;
        case JobState::discarded:
            Counters::add(core::is_expiry(settlement) ? counters_.expired : counters_.discarded, 1);
            break;
        case JobState::cancelled:
            Counters::add(counters_.cancelled, 1);
            break;
        default:
            break;
    }
    // Neither a job that never began nor one that was given back too often failed at it.
    const bool failed = settlement.error && settlement.uses_attempt && to != JobState::cancelled;
    if (failed) Counters::add(counters_.failed, 1);
}

}  // namespace errand::engine
