#pragma once

#include <errand/limit.hpp>
#include <errand/store/types.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>

namespace errand::sim {

/// What a breaker must do, by the words of the guide. How a store corrects itself when its clock
/// goes back depends on what it refused, which nobody sees: then nothing is judged until the
/// breaker is taken away.
class BreakerRule {
public:
    enum class Standing : std::uint8_t { closed, open, half_open, unknown };

    /// The limit was set, with this breaker or without any.
    void set(const std::optional<Breaker>& breaker);
    void clock_went_back() { is_sure_ = is_sure_ && !until_; }
    /// An attempt leased at `began` ended at `now`. Gives how the breaker stands from then on.
    Standing learn(TargetHealth health, Timestamp began, Timestamp now);

    [[nodiscard]] Standing standing(Timestamp now) const;
    /// What is wrong with what a store shows of it; empty: nothing.
    [[nodiscard]] const char* wrong_view(const LimitView& view) const;
    /// When it is or was half-open; none: it is closed.
    [[nodiscard]] std::optional<Timestamp> until() const noexcept { return until_; }

private:
    std::optional<Breaker> breaker_;
    std::uint32_t failures_ = 0;  ///< in a row
    std::optional<Timestamp> until_;
    bool is_sure_ = true;
};

/// A rest that handlers asked for: nothing begins until it is over.
class RestRule {
public:
    void ask(Timestamp now, Duration length) {
        surely_until_ = std::max(surely_until_, now + length);
        perhaps_until_ = std::max(perhaps_until_, now + length);
    }
    /// It may be over earlier than was thought.
    void clock_went_back() { surely_until_ = {}; }
    [[nodiscard]] bool surely_lasts(Timestamp now) const { return now < surely_until_; }
    [[nodiscard]] Timestamp perhaps_until() const noexcept { return perhaps_until_; }

private:
    Timestamp surely_until_{};
    Timestamp perhaps_until_{};
};

}  // namespace errand::sim
