#include "core/limit_conditions.hpp"

#include "core/time_window.hpp"

#include <errand/limits.hpp>

#include <algorithm>

namespace errand::core {

namespace {

std::optional<Timestamp> window_opening(const Limit& limit, const base::TimeZone* zone,
                                        Timestamp now) {
    if (!limit.window) return std::nullopt;
    return zone != nullptr ? next_opening(*limit.window, *zone, now) : max_timestamp;
}

std::optional<Timestamp> slowed_until(const Limit& limit, const LimitMemory& memory,
                                      Timestamp now) {
    return limit.rate ? memory.slow_down.until(now) : std::nullopt;
}

}  // namespace

std::optional<Timestamp> closed_until(const Limit& limit, const LimitMemory& memory,
                                      const base::TimeZone* zone, Timestamp now) {
    // None is before every time.
    auto until = std::max(slowed_until(limit, memory, now), window_opening(limit, zone, now));
    if (limit.breaker) {
        const auto half_open = memory.breaker.open_until(*limit.breaker, now);
        if (half_open && *half_open > now) until = std::max(until, half_open);
    }
    return until;
}

std::optional<std::uint32_t> most_leases(const Limit& limit, const LimitMemory& memory,
                                         Timestamp now) {
    using Standing = BreakerState::Standing;
    const bool probing =
        limit.breaker && memory.breaker.standing(*limit.breaker, now) == Standing::half_open;
    return probing ? std::optional{1U} : limit.concurrency;
}

bool counts_leases(const Limit& limit, const LimitMemory& memory) noexcept {
    return limit.concurrency || (limit.breaker && !memory.breaker.is_closed());
}

void note_refusal(const Limit& limit, LimitMemory& memory, Timestamp now) {
    if (limit.breaker) memory.breaker.note(*limit.breaker, now);
    memory.slow_down.note(now);
}

bool learn(const Limit& limit, LimitMemory& memory, TargetHealth health, Timestamp began,
           Timestamp now) {
    return limit.breaker && memory.breaker.learn(*limit.breaker, health, began, now);
}

void forget_unneeded(const Limit& limit, LimitMemory& memory) {
    if (!limit.breaker) memory.breaker = {};
    if (!limit.rate) memory.slow_down = {};
}

void show(LimitView& view, const LimitMemory& memory, const base::TimeZone* zone, Timestamp now) {
    const auto& limit = view.limit;
    view.slowed_until = slowed_until(limit, memory, now);
    view.window_opens_at = window_opening(limit, zone, now);
    if (!limit.breaker) return;
    view.failures = memory.breaker.failures();
    view.broken_until = memory.breaker.open_until(*limit.breaker, now);
}

bool bounds_nothing(const Limit& limit) noexcept {
    return !limit.concurrency && !limit.rate && !limit.breaker && !limit.window;
}

}  // namespace errand::core
