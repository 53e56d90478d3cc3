#include "store/memory/claim_limits.hpp"

namespace errand::memory {

ClaimLimits::ClaimLimits(LimitTable& limits, const JobTable::Leases& leases, Timestamp now)
    : now_(now) {
    for (auto& [scope, state] : limits.all()) {
        const auto until = core::closed_until(state.limit, state.memory, state.zone.get(), now);
        bounds_.emplace(scope, Bound{&state, 0, until});
    }
    if (!limits.any_counts_leases()) return;
    for (const Record* const lease : leases) {
        const Job& job = lease->job;
        for (Bound* const bound : holding(job.queue, job.type, job.key))
            ++bound->held;
    }
}

ClaimLimits::Bounds ClaimLimits::holding(std::string_view queue, std::string_view type,
                                         std::string_view key) {
    Bounds found;
    if (bounds_.empty()) return found;
    for (const Scope& scope : scopes_of(queue, type, key)) {
        const auto bound = bounds_.find(scope);
        if (bound != bounds_.end()) found.push_back(&bound->second);
    }
    return found;
}

bool ClaimLimits::allow(const Bounds& bounds, std::uint32_t weight) {
    bool allowed = true;
    for (Bound* const bound : bounds) {
        LimitState& state = *bound->state;
        const auto most = core::most_leases(state.limit, state.memory, now_);
        if (most && bound->held >= *most) allowed = false;
        if (is_closed(*bound)) allowed = false;
        if (state.limit.rate && !rate_allows(state, weight)) allowed = false;
    }
    return allowed;
}

bool ClaimLimits::is_closed(Bound& bound) {
    if (!bound.closed_until) return false;
    LimitState& state = *bound.state;
    core::note_refusal(state.limit, state.memory, now_);
    note_opening(state.wakes_at, *bound.closed_until);
    return true;
}

/// Another lane may need less, or another claim have noted an earlier time.
void ClaimLimits::note_opening(std::optional<Timestamp>& known, Timestamp time) {
    if (known && *known <= time) return;
    known = time;
    opening_noted_ = true;
}

bool ClaimLimits::rate_allows(LimitState& state, std::uint32_t weight) {
    const Rate& rate = *state.limit.rate;
    const std::uint32_t cost = core::cost_of(rate, weight);
    if (state.rate.available(rate, now_) >= cost) return true;
    state.rate.take(rate, now_, 0);  // a clock that went back is noted
    note_opening(state.opens_at, state.rate.next(rate, now_, cost));
    return false;
}

void ClaimLimits::take(const Bounds& bounds, std::uint32_t weight) {
    for (Bound* const bound : bounds) {
        ++bound->held;
        LimitState& state = *bound->state;
        if (!state.limit.rate) continue;
        state.rate.take(*state.limit.rate, now_, core::cost_of(*state.limit.rate, weight));
    }
}

}  // namespace errand::memory
