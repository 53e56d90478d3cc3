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

/// Keeps jobs from a system that is down: after `failures` attempts in a row that failed nothing
/// begins for `open_for`. Then one job tries: when it completes all goes on, when it fails the
/// breaker opens again. Text form: "5 failures, open 30s".
struct Breaker {
    std::uint32_t failures = 5;                    ///< 1 to 1,000
    Duration open_for = std::chrono::seconds{30};  ///< 1 s to 31 days

    /// Throws Error (invalid_argument) that says what is wrong and shows a right form.
    [[nodiscard]] static Breaker parse(std::string_view text);
    bool operator==(const Breaker&) const = default;
};
[[nodiscard]] std::string to_string(const Breaker& breaker);

/// Hours of the week in which jobs may begin; those that run go on. Text form: "mon-fri 08:00-18:00
/// Europe/Berlin"; without days every day, without a zone UTC. A window whose end is not after its
/// begin ends on the next day. On a day without an hour (the clock is put forward) a missing begin
/// or end is right after the gap; of an hour that comes twice the first counts for a begin, the
/// second for an end.
struct TimeWindow {
    std::uint8_t days = 0x7F;           ///< on which it begins: bit 0 Monday to bit 6 Sunday
    std::chrono::minutes begin{};       ///< after midnight, below 24 h
    std::chrono::minutes end{24 * 60};  ///< up to 24 h
    std::string timezone = "UTC";       ///< IANA

    /// Throws Error (invalid_argument) that says what is wrong and shows a right form. Whether
    /// there is such a time zone is not known here.
    [[nodiscard]] static TimeWindow parse(std::string_view text);
    bool operator==(const TimeWindow&) const = default;
};
[[nodiscard]] std::string to_string(const TimeWindow& window);

/// Bounds on the jobs of a scope, over all queues, workers and processes. All bounds whose scope
/// holds a job must allow it to begin.
struct Limit {
    Scope scope;
    std::optional<std::uint32_t> concurrency{};  ///< leases at once, 1 to 1,000,000; none: no bound
    std::optional<Rate> rate{};                  ///< of beginnings; none: no bound
    std::optional<Breaker> breaker{};            ///< none: failures hold nobody back
    std::optional<TimeWindow> window{};          ///< none: at any time
    bool operator==(const Limit&) const = default;
};

/// A limit as it stands now.
struct LimitView {
    Limit limit;
    std::uint32_t held = 0;                  ///< leases of the scope now; counted when concurrency
                                             ///< is bounded or the breaker not closed
    std::vector<JobId> holders{};            ///< the first ten of them, in order of insertion
    std::optional<std::uint32_t> available;  ///< what the rate still allows now; none: no rate
    std::optional<Timestamp> opens_at;       ///< closed by its rate until then; none: open
    /// slow_down of an attempt closed its rate until then; none: it did not, or that has passed.
    std::optional<Timestamp> slowed_until{};
    std::uint32_t failures = 0;  ///< in a row, that its breaker has counted
    /// Its breaker is or was open until then: once it has passed one job tries. None: closed.
    std::optional<Timestamp> broken_until{};
    std::optional<Timestamp> window_opens_at{};  ///< outside its window until then; none: inside
};

/// A pause that somebody asked for.
struct PauseView {
    Scope scope;
    Timestamp since{};
    std::string by;  ///< who, as they said; may be empty
};

}  // namespace errand
