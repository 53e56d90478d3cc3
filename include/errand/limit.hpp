#pragma once

#include <errand/job_id.hpp>
#include <errand/scope.hpp>
#include <errand/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace errand {

/// How many jobs may begin within a time, over all workers of the store. Text forms: "100/1m" and
/// "100/1m burst 20".
struct Rate {
    enum class Kind : std::uint8_t {
        /// In no span of `per`, wherever it begins, more than `amount`. Accounted in 1/32 of `per`,
        /// always to the safe side: in the long run at least 96 % of `amount`.
        window = 0,
        /// A token bucket: `amount` flow in per `per`, `burst` are kept. In any span of `per` at
        /// most amount + burst.
        bucket = 1,
    };
    Kind kind = Kind::window;
    std::uint32_t amount = 1;                ///< 1 to 1,000,000,000
    Duration per = std::chrono::minutes{1};  ///< 1 ms to 31 days
    std::uint32_t burst = 1;                 ///< bucket only: 1 to 1,000,000,000

    /// Throws Error (invalid_argument) that says what is wrong and shows a right form.
    [[nodiscard]] static Rate parse(std::string_view text);
    bool operator==(const Rate&) const = default;
};
[[nodiscard]] std::string to_string(const Rate& rate);

/// Bounds on the jobs of a scope, over all queues, workers and processes. All bounds whose scope
/// holds a job must allow it to begin.
struct Limit {
    Scope scope;
    std::optional<std::uint32_t> concurrency{};  ///< leases at once, 1 to 1,000,000; none: no bound
    std::optional<Rate> rate{};                  ///< of beginnings; none: no bound
    bool operator==(const Limit&) const = default;
};

/// A limit as it stands now.
struct LimitView {
    Limit limit;
    std::uint32_t held = 0;                  ///< leases of the scope now; counted when concurrency
                                             ///< is bounded, 0 otherwise
    std::vector<JobId> holders{};            ///< the first ten of them, in order of insertion
    std::optional<std::uint32_t> available;  ///< what the rate still allows now; none: no rate
    std::optional<Timestamp> opens_at;       ///< closed by its rate until then; none: open
};

/// A pause that somebody asked for.
struct PauseView {
    Scope scope;
    Timestamp since{};
    std::string by;  ///< who, as they said; may be empty
};

}  // namespace errand
