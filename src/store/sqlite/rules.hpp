#pragma once

#include "store/sqlite/connection.hpp"
#include "store/sqlite/lanes.hpp"

#include "core/limit_conditions.hpp"
#include "core/rate.hpp"

#include <errand/limit.hpp>

#include <memory>
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

    /// Before the first admit(): counts the leases that exist, when it matters how many.
    void count_held(Connection& connection, const LaneTable& lanes);
    /// Whether admit() would say yes; nothing is counted or closed.
    [[nodiscard]] bool allows(const Lane& lane, std::uint32_t weight, Timestamp now) const;
    /// Whether all limits let one more job of the lane begin now; then it is counted. Otherwise
    /// each limit that will by time alone notes when.
    [[nodiscard]] bool admit(const Lane& lane, std::uint32_t weight, Timestamp now);
    /// Writes what was taken and closed. True: some limit opens earlier than was known before.
    [[nodiscard]] bool write(Connection& writer) const;

private:
    struct Counted {
        Limit limit;
        core::RateState taken{};
        core::LimitMemory memory{};
        std::shared_ptr<const base::TimeZone> zone{};
        std::uint64_t held = 0;
        bool took = false;
        bool noted = false;  ///< its memory changed
        std::optional<Timestamp> opens_at{};
        std::optional<Timestamp> wakes_at{};

        [[nodiscard]] bool full(Timestamp now) const;
        /// One claim has one time, so it is calculated once.
        [[nodiscard]] std::optional<Timestamp> closed_until(Timestamp now) const;
        [[nodiscard]] bool rate_allows(std::uint32_t weight, Timestamp now) const;
        [[nodiscard]] bool allows(std::uint32_t weight, Timestamp now) const;
        /// The same; where time will change a no, it is noted when.
        bool allows_or_notes(std::uint32_t weight, Timestamp now);
        void close_rate(std::uint32_t weight, Timestamp now);

    private:
        mutable std::optional<std::optional<Timestamp>> closed_until_{};
    };

    std::set<Scope> paused_;
    std::vector<Counted> limits_;
};

/// The limit in a row: scope, concurrency, rate, breaker, hours. What cannot be read any more
/// bounds nothing.
[[nodiscard]] std::optional<Limit> limit_in(const Statement::Rows& rows, int column);
/// What it remembers: learned, rest.
[[nodiscard]] core::LimitMemory memory_in(const Statement::Rows& rows, int column);
/// The time zone of the limit's window; null: none, or unknown on this machine.
[[nodiscard]] std::shared_ptr<const base::TimeZone> zone_of(const Limit& limit);

}  // namespace errand::sqlite
