#pragma once

#include <errand/time.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace errand {

/// How long to wait before the next attempt: one readable value. The delay before attempt n+1,
/// after attempt n (n counts from 1) failed, is
///   fixed(d)             d
///   linear(d)            d * n
///   exponential(d, xF)   d * F^(n-1)          exponential(1m, x2) gives 1 m, 2 m, 4 m, 8 m
///   list(d1, d2, …)      d_n, the last one repeated
/// then at most `max`, then changed by at most ± jitter (a fraction of it), then at most
/// `max_delay`. It never overflows: for every attempt number the delay lies between 1 µs and
/// `max_delay`. A constexpr value type; a wrong policy in a constant expression does not compile.
class RetryPolicy {
public:
    static constexpr std::size_t max_list_size = 16;
    static constexpr Duration max_delay = std::chrono::days{365};

    /// Exponential from 5 s by 2 up to 6 h with 10 % jitter.
    constexpr RetryPolicy() = default;

    [[nodiscard]] static constexpr RetryPolicy fixed(Duration delay) {
        return RetryPolicy{Kind::fixed, delay, 1.0};
    }
    [[nodiscard]] static constexpr RetryPolicy linear(Duration step) {
        return RetryPolicy{Kind::linear, step, 1.0};
    }
    [[nodiscard]] static constexpr RetryPolicy exponential(Duration first, double factor = 2.0) {
        return RetryPolicy{Kind::exponential, first, factor};
    }
    template <class... Delays>
    [[nodiscard]] static constexpr RetryPolicy list(Duration first, Delays... others) {
        static_assert(sizeof...(others) < max_list_size, "a list has at most 16 delays");
        RetryPolicy policy{Kind::list, first, 1.0};
        policy.delays_ = {first, Duration{others}...};
        policy.count_ = 1 + sizeof...(others);
        for (std::size_t i = 0; i < policy.count_; ++i)
            check_delay(policy.delays_[i]);
        return policy;
    }

    /// The same policy with no delay above `limit` (before jitter).
    [[nodiscard]] constexpr RetryPolicy max(Duration limit) const {
        check_delay(limit);
        RetryPolicy policy = *this;
        policy.max_ = limit;
        return policy;
    }
    /// The same policy with delays spread by ± `fraction`, 0 to 1.
    [[nodiscard]] constexpr RetryPolicy jitter(double fraction) const {
        if (!(fraction >= 0.0 && fraction <= 1.0)) refuse("jitter must lie between 0 and 1");
        RetryPolicy policy = *this;
        policy.jitter_ = fraction;
        return policy;
    }

    /// The delay after failed attempt `attempt` (1 or more; 0 counts as 1). `random` in [0, 1)
    /// places it within the jitter; 0.5 is the middle, exactly the value of the formula.
    [[nodiscard]] Duration delay(std::uint32_t attempt, double random = 0.5) const noexcept;

    /// Reads what to_string() prints: "exponential(1m, x2, max 1h, jitter 10%)", "fixed(30s)",
    /// "linear(10s)", "list(1s, 5s, 1m)". Throws Error (invalid_argument) naming the wrong part.
    [[nodiscard]] static RetryPolicy parse(std::string_view text);

    friend std::string to_string(const RetryPolicy& policy);
    constexpr bool operator==(const RetryPolicy&) const = default;

private:
    enum class Kind : std::uint8_t { fixed, linear, exponential, list };

    constexpr RetryPolicy(Kind kind, Duration first, double factor)
        : kind_(kind), factor_(factor), jitter_(0.0), max_(max_delay), delays_{first} {
        check_delay(first);
        if (!(factor >= 1.0 && factor <= 1000.0)) refuse("factor must lie between 1 and 1000");
    }
    /// Throws Error (invalid_argument): not a constant expression, so a wrong constant fails to
    /// build.
    [[noreturn]] static void refuse(const char* reason);
    static constexpr void check_delay(Duration delay) {
        if (delay < Duration{1} || delay > max_delay)
            refuse("a delay must lie between 1us and 365d");
    }

    Kind kind_ = Kind::exponential;
    double factor_ = 2.0;
    double jitter_ = 0.1;
    Duration max_ = std::chrono::hours{6};
    std::size_t count_ = 1;
    std::array<Duration, max_list_size> delays_{std::chrono::seconds{5}};
};

[[nodiscard]] std::string to_string(const RetryPolicy& policy);

}  // namespace errand
