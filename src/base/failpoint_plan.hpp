#pragma once

#include "base/failpoint_places.hpp"

#include <errand/time.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace errand::base {

/// What one failpoint does, and at which of its hits.
struct FailpointRule {
    enum class Action : std::uint8_t { kill, error, hang };
    Action action = Action::error;
    Duration hang{};
    std::uint64_t at = 0;      ///< only at this hit, counted from 1; 0: at every hit
    std::uint64_t one_in = 1;  ///< by chance at one hit in so many
    /// By the seed alone, so that the same hits fire again under the same seed.
    [[nodiscard]] bool fires(std::uint64_t hit, std::size_t place,
                             std::uint64_t seed) const noexcept;
};
[[nodiscard]] std::string_view to_string(FailpointRule::Action action) noexcept;

/// The rules of all places, by FailpointId::index().
using FailpointPlan = std::array<std::optional<FailpointRule>, failpoint_places.size()>;

/// Reads rules NAME=ACTION[:SELECTOR] that are separated by ';'. Actions: kill, error,
/// hang=DURATION
/// ("hang=2s"). Selectors: atK (only the Kth hit), 1inN (by chance); none: every hit. Throws Error
/// (invalid_argument) naming the wrong part, for an unknown name with the nearest known one.
[[nodiscard]] FailpointPlan parse_failpoints(std::string_view text);

}  // namespace errand::base
