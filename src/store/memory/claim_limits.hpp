#pragma once

#include "store/memory/job_table.hpp"
#include "store/memory/limit_table.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

namespace errand::memory {

/// A limit during one claim.
struct Bound {
    LimitState* state;
    std::uint32_t held = 0;  ///< leases of its scope, those of this claim included; counted when
                             ///< it matters to any limit how many there are
    std::optional<Timestamp> closed_until{};  ///< the claim has one time, so it is known at once
};

/// What the limits allow during one claim. Leases are counted anew each time, so that no lease
/// that ended, however it did, is counted for ever. Not thread-safe.
class ClaimLimits {
public:
    using Bounds = std::vector<Bound*>;

    ClaimLimits(LimitTable& limits, const JobTable::Leases& leases, Timestamp now);

    /// Those that hold the jobs of a lane.
    [[nodiscard]] Bounds holding(std::string_view queue, std::string_view type,
                                 std::string_view key);
    /// May a job of `weight` begin? Each limit that says no notes when it would allow it, if time
    /// alone will tell.
    [[nodiscard]] bool allow(const Bounds& bounds, std::uint32_t weight);
    /// A job of `weight` begins.
    void take(const Bounds& bounds, std::uint32_t weight);
    /// A limit will open earlier than was known before.
    [[nodiscard]] bool opening_noted() const noexcept { return opening_noted_; }

private:
    [[nodiscard]] bool is_closed(Bound& bound);
    void note_opening(std::optional<Timestamp>& known, Timestamp time);
    [[nodiscard]] bool rate_allows(LimitState& state, std::uint32_t weight);

    std::map<Scope, Bound> bounds_;
    Timestamp now_;
    bool opening_noted_ = false;
};

}  // namespace errand::memory
