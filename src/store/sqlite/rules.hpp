#pragma once

#include "store/sqlite/connection.hpp"
#include "store/sqlite/lanes.hpp"

#include "core/rate.hpp"

#include <errand/limit.hpp>

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace errand::sqlite {

/// Does the scope hold the jobs of this lane?
[[nodiscard]] bool holds(const Scope& scope, const Lane& lane);

/// The pauses and limits of a store as they stand in a transaction, and what a claim takes of the
/// limits. Used by one claim, in its write transaction.
class Rules {
public:
    [[nodiscard]] static Rules read(Connection& connection);

    [[nodiscard]] bool paused(const Lane& lane) const;
    [[nodiscard]] bool any_limit() const noexcept { return !limits_.empty(); }
    [[nodiscard]] bool any_rate() const noexcept;
    /// Whether a limit or a pause is about this key.
    [[nodiscard]] bool names_key(std::string_view key) const;

    /// Before the first admit(): counts the leases that exist.
    void count_held(Connection& connection, const LaneTable& lanes);
    /// Whether admit() would say yes; nothing is counted or closed.
    [[nodiscard]] bool allows(const Lane& lane, std::uint32_t weight, Timestamp now) const;
    /// Whether all limits let one more job of the lane begin now; then it is counted. Otherwise
    /// each limit whose rate does not is closed until it will.
    [[nodiscard]] bool admit(const Lane& lane, std::uint32_t weight, Timestamp now);
    /// Writes what was taken and closed. True: some limit opens earlier than was known before.
    [[nodiscard]] bool write(Connection& writer) const;

private:
    struct Counted {
        Limit limit;
        core::RateState taken{};
        std::uint64_t held = 0;
        bool took = false;
        std::optional<Timestamp> opens_at{};

        [[nodiscard]] bool full() const noexcept;
        [[nodiscard]] bool rate_allows(std::uint32_t weight, Timestamp now) const;
        void close(std::uint32_t weight, Timestamp now);
    };

    std::set<Scope> paused_;
    std::vector<Counted> limits_;
};

/// The limit in a row: scope, concurrency, rate. What cannot be read any more bounds nothing.
[[nodiscard]] std::optional<Limit> limit_in(const Statement::Rows& rows, int column);

}  // namespace errand::sqlite
