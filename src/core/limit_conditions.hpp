#pragma once

#include "base/time_zone.hpp"
#include "core/breaker.hpp"
#include "core/slow_down.hpp"

#include <errand/limit.hpp>
#include <errand/store/types.hpp>

#include <cstdint>
#include <optional>

// What of a limit depends on how attempts ended and on the time of day, beside its concurrency and
// its rate. Pure; `zone` is always the one that the limit's window names, null when there is no
// window, or no such zone on this machine: then nobody knows when it opens, and it stays closed.

namespace errand::core {

/// What is remembered of a limit, besides what its rate gave out.
struct LimitMemory {
    BreakerState breaker{};
    SlowDown slow_down{};
    bool operator==(const LimitMemory&) const = default;
};

/// Until when nothing of the scope begins; none: now it may. max_timestamp: nobody knows.
[[nodiscard]] std::optional<Timestamp> closed_until(const Limit& limit, const LimitMemory& memory,
                                                    const base::TimeZone* zone, Timestamp now);
/// Most leases of the scope that may exist; none: any number.
[[nodiscard]] std::optional<std::uint32_t> most_leases(const Limit& limit,
                                                       const LimitMemory& memory, Timestamp now);
/// Do leases count? They do when they are bounded now or will be.
[[nodiscard]] bool counts_leases(const Limit& limit, const LimitMemory& memory) noexcept;

/// Something was refused: takes note of a clock that went back.
void note_refusal(const Limit& limit, LimitMemory& memory, Timestamp now);
/// An attempt of the scope ended, see BreakerState::learn(). True: something is to be remembered.
bool learn(const Limit& limit, LimitMemory& memory, TargetHealth health, Timestamp began,
           Timestamp now);
/// The limit was set anew: what no part of it needs any more is forgotten.
void forget_unneeded(const Limit& limit, LimitMemory& memory);

/// Shows all of it.
void show(LimitView& view, const LimitMemory& memory, const base::TimeZone* zone, Timestamp now);

/// A limit that says nothing is none.
[[nodiscard]] bool bounds_nothing(const Limit& limit) noexcept;

}  // namespace errand::core
