#include "store/memory/claim_limits.hpp"

namespace errand::memory {

ClaimLimits::ClaimLimits(LimitTable& limits, const JobTable::Leases& leases, Timestamp now)
    : now_(now) {
    for (auto& [scope, state] : limits.all())
        bounds_.emplace(scope, Bound{&state});
    if (!limits.any_concurrency()) return;
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
    for (const Bound* const bound : bounds) {
        const Limit& limit = bound->state->limit;
        if (limit.concurrency && bound->held >= *limit.concurrency) allowed = false;
        if (limit.rate && !rate_allows(*bound->state, weight)) allowed = false;
    }
    return allowed;
}

bool ClaimLimits::rate_allows(LimitState& state, std::uint32_t weight) {
    const Rate& rate = *state.limit.rate;
    const std::uint32_t cost = core::cost_of(rate, weight);
    if (state.rate.available(rate, now_) >= cost) return true;
    state.rate.take(rate, now_, 0);  // a clock that went back is noted
    // Another lane may need less, or another claim have noted an earlier time.
    const Timestamp opens_at = state.rate.next(rate, now_, cost);
    if (!state.opens_at || opens_at < *state.opens_at) {
        state.opens_at = opens_at;
        opening_noted_ = true;
    }
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
