#include "simulation/oracle/bounds.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace errand::sim {

namespace {

/// A rate that nothing took from for so many of its spans is open, whatever the store's clock did
/// meanwhile.
constexpr int spans_to_open = 3;

std::uint32_t most_at_once(const Rate& rate) {
    return rate.kind == Rate::Kind::bucket ? rate.burst : rate.amount;
}

}  // namespace

/// Window: no closed span of `per` has more than `amount`. Bucket: no span of any length L has more
/// than burst + amount * L / per.
bool RateCount::take(const Rate& rate, std::int64_t elapsed, std::uint32_t weight) {
    const auto cost = std::min(weight, most_at_once(rate));
    if (rate.kind == Rate::Kind::bucket) {
        const auto now = static_cast<Exact>(elapsed) * rate.amount;
        full_at_ = std::max(full_at_, now) + static_cast<Exact>(cost) * rate.per.count();
        return full_at_ - now <= static_cast<Exact>(rate.burst) * rate.per.count();
    }
    while (!begun_.empty() && elapsed - begun_.front().first > rate.per.count()) {
        sum_ -= begun_.front().second;
        begun_.pop_front();
    }
    sum_ += cost;
    begun_.emplace_back(elapsed, cost);
    return sum_ <= rate.amount;
}

std::uint64_t RateCount::left(const Rate& rate, std::int64_t elapsed) const {
    if (rate.kind == Rate::Kind::bucket) {
        const auto missing = full_at_ - static_cast<Exact>(elapsed) * rate.amount;
        const auto full = static_cast<Exact>(rate.burst) * rate.per.count();
        if (missing <= 0) return rate.burst;
        return static_cast<std::uint64_t>(std::max<Exact>(full - missing, 0) / rate.per.count());
    }
    auto taken = sum_;
    for (const auto& [at, cost] : begun_) {
        if (elapsed - at <= rate.per.count()) break;
        taken -= cost;
    }
    return taken >= rate.amount ? 0 : rate.amount - taken;
}

void Bounds::set(const Limit& limit, std::uint32_t held, Timestamp now) {
    set_at_ = now;
    const auto same = [&](const Bound& bound) { return bound.limit.scope == limit.scope; };
    const auto found = std::ranges::find_if(bounds_, same);
    if (!limit.concurrency && !limit.rate) {
        std::erase_if(bounds_, same);
        return;
    }
    if (found == bounds_.end()) {
        auto& fresh = bounds_.emplace_back();
        fresh.limit = limit;
        fresh.held = held;
        return;
    }
    // Another rate is judged by what begins from now on; the same one goes on.
    if (found->limit.rate != limit.rate) found->rate = {};
    found->limit = limit;
}

std::vector<Limit> Bounds::all() const {
    std::vector<Limit> limits;
    limits.reserve(bounds_.size());
    for (const auto& bound : bounds_)
        limits.push_back(bound.limit);
    return limits;
}

Bounds::Verdict Bounds::begin(const NewJob& job, std::int64_t elapsed, Timestamp now) {
    Verdict verdict;
    for (auto& bound : bounds_) {
        const auto& limit = bound.limit;
        if (!holds(limit.scope, job)) continue;
        ++bound.held;
        bound.begun_at = now;
        if (limit.concurrency) {
            verdict.is_full |= bound.held == *limit.concurrency;
            if (bound.held > *limit.concurrency) {
                verdict.wrong = fmt::format("{} leases of {} at once, and {} are allowed",
                                            bound.held, to_string(limit.scope), *limit.concurrency);
            }
        }
        if (!limit.rate) continue;
        if (!bound.rate.take(*limit.rate, elapsed, job.weight)) {
            verdict.wrong = fmt::format("began beyond the rate {} of {}", to_string(*limit.rate),
                                        to_string(limit.scope));
        }
        verdict.used_up |= bound.rate.left(*limit.rate, elapsed) == 0;
    }
    return verdict;
}

void Bounds::end(const NewJob& job, Timestamp now) {
    for (auto& bound : bounds_) {
        if (!holds(bound.limit.scope, job)) continue;
        const bool was_full = bound.limit.concurrency && bound.held >= *bound.limit.concurrency;
        --bound.held;
        if (was_full) bound.freed_at = now;
    }
}

std::optional<Timestamp> Bounds::room_since(const NewJob& job) const {
    auto since = set_at_;
    for (const auto& bound : bounds_) {
        const auto& limit = bound.limit;
        if (!holds(limit.scope, job)) continue;
        if (limit.concurrency && bound.held >= *limit.concurrency) return std::nullopt;
        since = std::max(since, bound.freed_at);
        if (limit.rate) since = std::max(since, bound.begun_at + limit.rate->per * spans_to_open);
    }
    return since;
}

bool Bounds::name_key(std::string_view key) const {
    return std::ranges::any_of(bounds_, [&](const Bound& bound) {
        return bound.limit.scope.kind == Scope::Kind::key && bound.limit.scope.name == key;
    });
}

std::string Bounds::wrong_view(const std::vector<LimitView>& views, std::int64_t elapsed) const {
    if (views.size() != bounds_.size()) {
        return fmt::format("{} limits are shown, {} were set", views.size(), bounds_.size());
    }
    for (const auto& view : views) {
        const auto found = std::ranges::find_if(
            bounds_, [&](const Bound& bound) { return bound.limit == view.limit; });
        const auto scope = to_string(view.limit.scope);
        if (found == bounds_.end()) return fmt::format("the limit of {} was not set so", scope);
        if (view.limit.concurrency && view.held != found->held) {
            return fmt::format("{} leases of {} are shown, {} are there", view.held, scope,
                               found->held);
        }
        if (!view.limit.rate) continue;
        const auto left = found->rate.left(*view.limit.rate, elapsed);
        if (view.available.value_or(0) > left) {
            return fmt::format("the rate of {} is said to allow {}, and allows {}", scope,
                               view.available.value_or(0), left);
        }
    }
    return {};
}

}  // namespace errand::sim
