#include <errand/error.hpp>
#include <errand/retry.hpp>

#include <algorithm>
#include <cmath>

namespace errand {

// All arithmetic is in doubles: the exact values up to max_delay fit into their 53 bits, and what
// goes beyond becomes infinity, which the limit then cuts. Nothing can wrap around.
Duration RetryPolicy::delay(std::uint32_t attempt, double random) const noexcept {
    const double n = std::max(attempt, 1U);
    const auto first = static_cast<double>(delays_[0].count());
    double delay = first;
    switch (kind_) {
        case Kind::fixed:
            break;
        case Kind::linear:
            delay = first * n;
            break;
        case Kind::exponential:
            delay = first * std::pow(factor_, n - 1);
            break;
        case Kind::list: {
            const auto last = static_cast<double>(count_);
            const auto index = static_cast<std::size_t>(std::min(n, last)) - 1;
            delay = static_cast<double>(delays_[index].count());
        }
    }
    delay = std::min(delay, static_cast<double>(max_.count()));
    if (random >= 0.0 && random <= 1.0) delay *= 1.0 + jitter_ * (2.0 * random - 1.0);
    delay = std::clamp(std::round(delay), 1.0, static_cast<double>(max_delay.count()));
    return Duration{static_cast<Duration::rep>(delay)};
}

void RetryPolicy::refuse(const char* reason) {
    throw Error(ErrorCode::invalid_argument, reason);
}

}  // namespace errand
