#pragma once

#include <errand/limit.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// What a rate limit remembers, and what it allows. Pure; the stores keep the state as text.

namespace errand::core {

/// What a rate has given out. Starts empty: as if nothing had ever begun. For another rate than
/// before it still counts what was taken, as far as it can.
class RateState {
public:
    /// Reads what text() gave; anything else reads as empty.
    [[nodiscard]] static RateState parse(std::string_view text);
    [[nodiscard]] std::string text() const;

    /// How much may begin at `now`. A clock that went back gives nothing away.
    [[nodiscard]] std::uint32_t available(const Rate& rate, Timestamp now) const;
    /// Takes `amount`, at most what is available. Take 0 where something was refused: this notes a
    /// clock that went back, and without it all stays as if just taken until the clock is where it
    /// was.
    void take(const Rate& rate, Timestamp now, std::uint32_t amount);
    /// The earliest time after `now` at which `amount` (at most what cost_of() gives) will be
    /// available, if nothing else is taken.
    [[nodiscard]] Timestamp next(const Rate& rate, Timestamp now, std::uint32_t amount) const;

    bool operator==(const RateState&) const = default;

private:
    struct Slot {
        std::int64_t number = 0;  ///< of the slot, from 1970 on
        std::uint32_t taken = 0;
        bool operator==(const Slot&) const = default;
    };

    [[nodiscard]] RateState at(const Rate& rate, Timestamp time) const;
    [[nodiscard]] std::uint32_t left(const Rate& rate, Timestamp time) const;

    std::vector<Slot> slots_;   ///< window: those that still count, oldest first
    std::int64_t full_at_ = 0;  ///< bucket: when it is full again, microseconds since 1970
    std::int64_t seen_ = 0;     ///< the latest time that was seen, microseconds since 1970
};

/// What a job of `weight` takes from `rate`: never more than it can ever give.
[[nodiscard]] std::uint32_t cost_of(const Rate& rate, std::uint32_t weight) noexcept;

/// Throws Error (invalid_argument) that names the field, the value and what would be right.
void validate(const Limit& limit);
void validate(const Scope& scope);

}  // namespace errand::core
