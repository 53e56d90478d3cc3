#pragma once

#include "core/rate.hpp"

#include <errand/job.hpp>
#include <errand/limit.hpp>

#include <map>
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
    std::optional<Timestamp> opens_at{};  ///< by then jobs may begin that its rate kept from it
};

/// The limits by scope. Not thread-safe.
class LimitTable {
public:
    using ByScope = std::map<Scope, LimitState>;

    /// Without a bound the scope has no limit any more. As long as it has one, what its rate gave
    /// out is remembered.
    void set(const Limit& limit);
    [[nodiscard]] ByScope& all() noexcept { return limits_; }
    [[nodiscard]] const ByScope& all() const noexcept { return limits_; }
    [[nodiscard]] bool contains(const Scope& scope) const { return limits_.contains(scope); }
    [[nodiscard]] bool any_concurrency() const;

    /// The rates that have opened by `now` are closed no longer. False: there was none.
    bool open(Timestamp now);
    /// When the next rate opens; none: all are open.
    [[nodiscard]] std::optional<Timestamp> next_opening() const;

private:
    ByScope limits_;
};

}  // namespace errand::memory
