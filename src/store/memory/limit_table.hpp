#pragma once

#include "core/limit_conditions.hpp"
#include "core/rate.hpp"

#include <errand/job.hpp>
#include <errand/limit.hpp>
#include <errand/store/types.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace errand::memory {

/// The scopes that hold a job: global, its queue, its type, and its key if it has one.
[[nodiscard]] std::vector<Scope> scopes_of(std::string_view queue, std::string_view type,
                                           std::string_view key);
[[nodiscard]] bool holds(const Scope& scope, const Job& job);

/// A limit with what it remembers.
struct LimitState {
    Limit limit;
    core::RateState rate;
    core::LimitMemory memory{};
    std::shared_ptr<const base::TimeZone> zone{};  ///< of its window
    std::optional<Timestamp> opens_at{};  ///< by then jobs may begin that its rate kept from it
    std::optional<Timestamp> wakes_at{};  ///< the same of all else that closes it for a time

    [[nodiscard]] bool counts_leases() const { return core::counts_leases(limit, memory); }
};

/// The limits by scope. Not thread-safe.
class LimitTable {
public:
    using ByScope = std::map<Scope, LimitState>;

    /// Without a bound the scope has no limit any more. As long as it has one, what its rate gave
    /// out is remembered. Throws Error (invalid_argument): the window's time zone is unknown.
    void set(const Limit& limit);
    /// An attempt of the job ends at `now`: limits learn from it.
    void learn(const Job& job, const Settlement& item, Timestamp now);
    [[nodiscard]] ByScope& all() noexcept { return limits_; }
    [[nodiscard]] const ByScope& all() const noexcept { return limits_; }
    [[nodiscard]] bool contains(const Scope& scope) const { return limits_.contains(scope); }
    /// Does it matter to any how many leases there are?
    [[nodiscard]] bool any_counts_leases() const;

    /// What has opened by `now` is closed no longer. False: there was none.
    bool open(Timestamp now);
    /// When the next one opens; none: all are open.
    [[nodiscard]] std::optional<Timestamp> next_opening() const;

private:
    void slow_down(const Job& job, Duration length, Timestamp now);

    ByScope limits_;
};

}  // namespace errand::memory
