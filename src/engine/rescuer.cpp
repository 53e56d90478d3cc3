#include "engine/rescuer.hpp"

#include "base/failpoint.hpp"
#include "engine/store_time.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace errand::engine {

Rescuer::Rescuer(JobPath& store, const Clock& clock, Counters& counters, const Logger& log,
                 Options options)
    : store_(store), clock_(clock), counters_(counters), log_(log), options_(std::move(options)) {}

NextRun Rescuer::run_once(Timestamp /*now*/) {
    if (taken_.empty()) take();
    const bool full = taken_.size() >= options_.page;
    settle();
    return full ? NextRun::at_once() : NextRun::after(options_.period);
}

void Rescuer::take() {
    const auto now = store_time(store_, clock_);
    for (const auto& lost :
         store_.take_over_expired(options_.worker, options_.page, options_.lease)) {
        taken_.push_back(core::decide_crash(lost, {lost.worker, lost.host, now}, options_.decide));
        log_(LogLevel::warning, "job " + to_string(lost.lease.ref.id) +
                                    ": taken over from worker " + lost.worker +
                                    (lost.worker_died ? ", which died" : ", whose lease ran out"));
    }
}

void Rescuer::settle() {
    if (taken_.empty()) return;
    base::failpoint("rescuer.took_over");
    const auto results = store_.settle(taken_);
    base::failpoint("rescuer.settled");
    std::uint64_t crashes = 0;
    for (std::size_t i = 0; i < results.size(); ++i) {
        const bool recorded =
            results[i] == SettleResult::ok || results[i] == SettleResult::recorded_cancel;
        if (recorded && taken_[i].counts_crash) ++crashes;
    }
    Counters::add(counters_.crashes_rescued, crashes);
    taken_.clear();
}

}  // namespace errand::engine
