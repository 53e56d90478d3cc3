#include "core/breaker.hpp"

#include "base/scan.hpp"
#include "base/text.hpp"

#include <errand/error.hpp>
#include <errand/limits.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace errand {

namespace {

[[noreturn]] void refuse(std::string_view text, std::string_view remedy) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("breaker: {} {}", base::quote_for_message(text), remedy));
}

[[noreturn]] void refuse_form(std::string_view text) {
    refuse(text, "is not understood; use N failures, open TIME, for example 5 failures, open 30s");
}

/// Takes `word` and the spaces before it off the front.
bool take_word(std::string_view& text, std::string_view word) {
    const auto rest = base::trim(text);
    if (!rest.starts_with(word)) return false;
    text = rest.substr(word.size());
    return true;
}

}  // namespace

Breaker Breaker::parse(std::string_view text) {
    auto rest = base::trim(text);
    const auto digits = base::take_while(rest, base::is_digit);
    const auto failures = base::to_number(digits);
    const bool counted = take_word(rest, "failures") || take_word(rest, "failure");
    if (!failures || !counted || !take_word(rest, ",") || !take_word(rest, "open ")) {
        refuse_form(text);
    }
    Breaker breaker;
    breaker.failures = static_cast<std::uint32_t>(std::min<std::uint64_t>(*failures, 1U << 31));
    try {
        breaker.open_for = parse_duration(base::trim(rest));
    } catch (const Error&) {
        refuse_form(text);
    }
    core::validate(breaker);
    return breaker;
}

std::string to_string(const Breaker& breaker) {
    return fmt::format("{} failure{}, open {}", breaker.failures, breaker.failures == 1 ? "" : "s",
                       format_duration(breaker.open_for));
}

}  // namespace errand

namespace errand::core {

namespace {

constexpr std::uint32_t max_failures = 1'000;
constexpr Duration min_open = std::chrono::seconds{1};
constexpr Duration max_open = std::chrono::days{31};

}  // namespace

void validate(const Breaker& breaker) {
    if (breaker.failures < 1 || breaker.failures > max_failures) {
        refuse(to_string(breaker), "is out of range: the failures lie between 1 and 1000");
    }
    if (breaker.open_for < min_open || breaker.open_for > max_open) {
        refuse(to_string(breaker), "is out of range: it is open for 1s to 31d");
    }
}

BreakerState BreakerState::parse(std::string_view text) {
    BreakerState state;
    const auto failures = base::to_number(base::take_while(text, base::is_digit));
    if (!failures || *failures > max_failures) return {};
    state.failures_ = static_cast<std::uint32_t>(*failures);
    if (text.empty()) return state;
    if (!text.starts_with(' ')) return {};
    const auto until = base::to_number(text.substr(1));
    const auto latest = static_cast<std::uint64_t>(max_timestamp.time_since_epoch().count());
    if (!until || *until > latest) return {};
    state.until_ = Timestamp{Duration{static_cast<std::int64_t>(*until)}};
    return state;
}

std::string BreakerState::text() const {
    if (is_at_rest()) return {};
    auto text = fmt::format("{}", failures_);
    if (until_) text += fmt::format(" {}", until_->time_since_epoch().count());
    return text;
}

std::optional<Timestamp> BreakerState::open_until(const Breaker& breaker, Timestamp now) const {
    if (!until_) return std::nullopt;
    return std::min(*until_, now + breaker.open_for);
}

BreakerState::Standing BreakerState::standing(const Breaker& breaker, Timestamp now) const {
    const auto until = open_until(breaker, now);
    if (!until) return Standing::closed;
    return *until > now ? Standing::open : Standing::half_open;
}

void BreakerState::note(const Breaker& breaker, Timestamp now) {
    until_ = open_until(breaker, now);
}

bool BreakerState::learn(const Breaker& breaker, TargetHealth health, Timestamp began,
                         Timestamp now) {
    if (health == TargetHealth::unknown) return false;
    // What tries began when the breaker was half-open, so not before `until_`.
    if (until_ && began < *until_) return false;
    if (health == TargetHealth::good) {
        if (is_at_rest()) return false;
        *this = {};
        return true;
    }
    fail(breaker, now);
    return true;
}

void BreakerState::fail(const Breaker& breaker, Timestamp now) {
    failures_ = std::min(failures_ + 1, max_failures);
    if (until_ || failures_ >= breaker.failures) until_ = now + breaker.open_for;
}

}  // namespace errand::core
