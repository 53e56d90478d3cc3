#include "simulation/store/hasty_store.hpp"

#include <errand/error.hpp>

#include <utility>

namespace errand::sim {
namespace {

class UnmarkedSession final : public test::ForwardingSession {
public:
    using test::ForwardingSession::ForwardingSession;
    void mark(std::uint32_t slot, const LeaseRef& lease, RunMark mark) noexcept override {
        if (mark != RunMark::started) test::ForwardingSession::mark(slot, lease, mark);
    }
};

}  // namespace

std::unique_ptr<WorkerSession> HastyStore::join(const WorkerInfo& info) {
    auto session = test::ForwardingStore::join(info);
    if (mutant_ != Mutant::unmarked_start) return session;
    return std::make_unique<UnmarkedSession>(std::move(session));
}

std::vector<Lease> HastyStore::claim(const ClaimRequest& request) {
    auto leases = inner().claim(request);
    if (mutant_ != Mutant::run_expired) return leases;
    for (auto& lease : leases)
        lease.expires_at.reset();
    return leases;
}

std::optional<std::string> HastyStore::find_effect(const JobId& id, std::string_view key) {
    if (mutant_ == Mutant::step_run_twice && key.starts_with("step:")) return std::nullopt;
    return inner().find_effect(id, key);
}

/// Of several ticks that are due at once, as after a step of the clock, only the last one fires.
std::vector<FireResult> HastyStore::fire(std::span<const FireRequest> requests) {
    std::vector<FireRequest> given{requests.begin(), requests.end()};
    for (auto& request : given) {
        auto& ticks = request.ticks;
        if (mutant_ == Mutant::tick_lost && ticks.size() > 1) {
            ticks.erase(ticks.begin(), ticks.end() - 1);
        }
        const bool queues = request.overlap == OverlapPolicy::queue;
        for (auto& tick : ticks)
            if (mutant_ == Mutant::unqueued_tick && queues) tick.job.key.clear();
    }
    return inner().fire(given);
}

Settlement HastyStore::misjudged(const Settlement& item) const {
    auto given = item;
    if (mutant_ == Mutant::blame_nobody && item.counts_crash) {
        given.counts_crash = false;
        given.to = JobState::available;
        given.delay = {};
    }
    if (mutant_ == Mutant::blind_breaker) given.target = TargetHealth::unknown;
    if (mutant_ == Mutant::charge_interruption && item.counts_interruption) {
        given.uses_attempt = true;
    }
    return given;
}

/// Says "recorded" at once, and records only when several have gathered.
std::vector<SettleResult> HastyStore::settle_later(std::span<const Settlement> items) {
    constexpr std::size_t enough = 10;
    unsettled_.insert(unsettled_.end(), items.begin(), items.end());
    if (unsettled_.size() >= enough) {
        static_cast<void>(inner().settle(std::exchange(unsettled_, {})));
    }
    return {items.size(), SettleResult::ok};
}

std::vector<SettleResult> HastyStore::settle(std::span<const Settlement> items) {
    if (mutant_ == Mutant::free_before_flush) return settle_later(items);
    std::vector<Settlement> given;
    given.reserve(items.size());
    for (const auto& item : items)
        given.push_back(misjudged(item));
    try {
        return inner().settle(given);
    } catch (const Error&) {
        if (mutant_ != Mutant::settle_lost_on_error) throw;
        return {items.size(), SettleResult::ok};
    }
}

}  // namespace errand::sim
