#pragma once

#include <errand/limit.hpp>
#include <errand/store/types.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// What a breaker has learned, and what it allows. Pure; the stores keep the state as text.

namespace errand::core {

/// Closed, open until a time, and from then on half-open: one job tries, as long as no lease of the
/// scope exists, so that no crash can lose the permit. Starts closed.
class BreakerState {
public:
    enum class Standing : std::uint8_t { closed, open, half_open };

    /// Reads what text() gave; anything else reads as closed.
    [[nodiscard]] static BreakerState parse(std::string_view text);
    /// Empty when there is nothing to remember.
    [[nodiscard]] std::string text() const;

    [[nodiscard]] Standing standing(const Breaker& breaker, Timestamp now) const;
    [[nodiscard]] bool is_closed() const noexcept { return !until_; }
    /// Closed, and the last attempt did not fail: a success changes nothing.
    [[nodiscard]] bool is_at_rest() const noexcept { return !until_ && failures_ == 0; }
    /// In a row.
    [[nodiscard]] std::uint32_t failures() const noexcept { return failures_; }
    /// When it is or was half-open; none: it is closed. Never further away than the breaker says,
    /// which counts after the clock went back and for a breaker that was made shorter.
    [[nodiscard]] std::optional<Timestamp> open_until(const Breaker& breaker, Timestamp now) const;

    /// Takes note of open_until(): while that lies ahead of a clock that went back, it would move.
    void note(const Breaker& breaker, Timestamp now);
    /// An attempt that began (was leased) at `began` ended at `now`. While the breaker is not
    /// closed those that began before say nothing. True: something is to be remembered.
    bool learn(const Breaker& breaker, TargetHealth health, Timestamp began, Timestamp now);

    bool operator==(const BreakerState&) const = default;

private:
    void fail(const Breaker& breaker, Timestamp now);

    std::uint32_t failures_ = 0;
    std::optional<Timestamp> until_;  ///< not closed: when it was or will be half-open
};

/// Throws Error (invalid_argument) that names the value and what would be right.
void validate(const Breaker& breaker);

}  // namespace errand::core
