#include "simulation/oracle/breaker_rule.hpp"

namespace errand::sim {

void BreakerRule::set(const std::optional<Breaker>& breaker) {
    if (!breaker) {
        *this = {};
        return;
    }
    // With another length it is not known until when it is open.
    if (until_ && breaker != breaker_) is_sure_ = false;
    breaker_ = breaker;
}

BreakerRule::Standing BreakerRule::standing(Timestamp now) const {
    if (!is_sure_) return Standing::unknown;
    if (!until_) return Standing::closed;
    return now < *until_ ? Standing::open : Standing::half_open;
}

BreakerRule::Standing BreakerRule::learn(TargetHealth health, Timestamp began, Timestamp now) {
    const bool tells = breaker_ && health != TargetHealth::unknown;
    // Those of the time before neither extend nor close it.
    const bool is_old = until_ && began < *until_;
    if (!tells || is_old || !is_sure_) return standing(now);
    if (health == TargetHealth::good) {
        failures_ = 0;
        until_.reset();
        return Standing::closed;
    }
    ++failures_;
    if (until_ || failures_ >= breaker_->failures) until_ = now + breaker_->open_for;
    return standing(now);
}

const char* BreakerRule::wrong_view(const LimitView& view) const {
    if (!breaker_ || !is_sure_) return "";
    if (view.failures != failures_) return "its breaker is said to have seen other failures";
    if (view.broken_until != until_) return "its breaker is said to be open until another time";
    return "";
}

}  // namespace errand::sim
