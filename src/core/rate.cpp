#include "core/rate.hpp"

#include "base/scan.hpp"
#include "base/wide.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

namespace errand::core {

namespace {

constexpr std::int64_t slots_per_span = 32;

std::int64_t slot_length(const Rate& rate) noexcept {
    return (rate.per.count() + slots_per_span - 1) / slots_per_span;
}

/// Rounded down for all times from 1970 on.
std::int64_t us(Timestamp time) noexcept {
    return std::max<std::int64_t>(time.time_since_epoch().count(), 0);
}

/// How long `amount` take to flow into a bucket, rounded up.
std::int64_t flow_time(const Rate& rate, std::int64_t amount) noexcept {
    constexpr std::int64_t forever = std::int64_t{1} << 61;  // sums with times have room
    const auto product = static_cast<base::Wide>(amount) * rate.per.count();
    const auto time = (product + rate.amount - 1) / rate.amount;
    return time < forever ? static_cast<std::int64_t>(time) : forever;
}

std::optional<std::int64_t> read_number(std::string_view& text) {
    std::int64_t value = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    if (result.ec != std::errc{} || value < 0) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(result.ptr - text.data()));
    return value;
}

bool skip(std::string_view& text, char wanted) {
    if (!text.starts_with(wanted)) return false;
    text.remove_prefix(1);
    return true;
}

}  // namespace

RateState RateState::parse(std::string_view text) {
    RateState state;
    const auto seen = read_number(text);
    const auto full_at = seen && skip(text, ' ') ? read_number(text) : std::nullopt;
    if (!full_at) return {};
    state.seen_ = *seen;
    state.full_at_ = *full_at;
    while (skip(text, ' ')) {
        const auto number = read_number(text);
        const auto taken = number && skip(text, ':') ? read_number(text) : std::nullopt;
        if (!taken || *taken > std::numeric_limits<std::uint32_t>::max()) return {};
        if (!state.slots_.empty() && state.slots_.back().number >= *number) return {};
        state.slots_.push_back({*number, static_cast<std::uint32_t>(*taken)});
    }
    return text.empty() ? state : RateState{};
}

std::string RateState::text() const {
    auto text = fmt::format("{} {}", seen_, full_at_);
    for (const auto& slot : slots_)
        text += fmt::format(" {}:{}", slot.number, slot.taken);
    return text;
}

/// What was taken by a clock that is now more than a span ahead counts as taken now, and so does
/// what was noted in longer slots of another rate.
RateState RateState::at(const Rate& rate, Timestamp time) const {
    auto state = *this;
    const auto now = us(time);
    const auto longest = flow_time(rate, rate.burst);
    state.full_at_ = std::min(state.full_at_, now + longest);
    const bool far_ahead = now + rate.per.count() < seen_;
    state.seen_ = far_ahead ? now : std::max(seen_, now);
    const auto newest = state.seen_ / slot_length(rate);
    const auto oldest = (state.seen_ - rate.per.count()) / slot_length(rate);
    const auto counts_now = [&](const Slot& slot) { return far_ahead || slot.number >= newest; };
    std::uint64_t taken_now = 0;
    for (const auto& slot : slots_)
        taken_now += counts_now(slot) ? slot.taken : 0;
    std::erase_if(state.slots_,
                  [&](const Slot& slot) { return counts_now(slot) || slot.number < oldest; });
    if (taken_now != 0) {
        constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max() / 2;
        state.slots_.push_back({newest, static_cast<std::uint32_t>(std::min(taken_now, most))});
    }
    return state;
}

std::uint32_t RateState::left(const Rate& rate, Timestamp time) const {
    if (rate.kind == Rate::Kind::bucket) {
        const auto missing_time = std::max<std::int64_t>(full_at_ - us(time), 0);
        const auto product = static_cast<base::Wide>(missing_time) * rate.amount;
        const auto missing = (product + rate.per.count() - 1) / rate.per.count();
        return missing >= rate.burst ? 0 : rate.burst - static_cast<std::uint32_t>(missing);
    }
    std::uint64_t taken = 0;
    for (const auto& slot : slots_)
        taken += slot.taken;
    return taken >= rate.amount ? 0 : rate.amount - static_cast<std::uint32_t>(taken);
}

std::uint32_t RateState::available(const Rate& rate, Timestamp now) const {
    return at(rate, now).left(rate, now);
}

void RateState::take(const Rate& rate, Timestamp now, std::uint32_t amount) {
    *this = at(rate, now);
    if (amount == 0) return;
    if (rate.kind == Rate::Kind::bucket) {
        full_at_ = std::max(full_at_, us(now)) + flow_time(rate, amount);
        return;
    }
    const auto number = seen_ / slot_length(rate);
    if (slots_.empty() || slots_.back().number < number) slots_.push_back({number, 0});
    slots_.back().taken += amount;
}

Timestamp RateState::next(const Rate& rate, Timestamp now, std::uint32_t amount) const {
    const auto state = at(rate, now);
    const auto after_now = now + Duration{1};
    if (rate.kind == Rate::Kind::bucket) {
        const auto wanted = std::min(amount, rate.burst);
        // Full but for what may be missing.
        const Timestamp then{Duration{state.full_at_ - flow_time(rate, rate.burst - wanted)}};
        // Missing tokens are rounded up, so the moment may lie a little later.
        const auto step = std::max<std::int64_t>(1, rate.per.count() / rate.amount / 64);
        auto time = std::max(then, after_now);
        while (state.left(rate, time) < wanted)
            time += Duration{step};
        return time;
    }
    const auto wanted = std::min(amount, rate.amount);
    auto left = state.left(rate, now);
    auto time = after_now;
    for (const auto& slot : state.slots_) {
        if (left >= wanted) break;
        left += slot.taken;
        const auto gone = (slot.number + 1) * slot_length(rate) + rate.per.count();
        time = std::max(time, Timestamp{Duration{gone}});
    }
    return time;
}

std::uint32_t cost_of(const Rate& rate, std::uint32_t weight) noexcept {
    return std::min(weight, rate.kind == Rate::Kind::bucket ? rate.burst : rate.amount);
}

}  // namespace errand::core
