#include "simulation/oracle/bounds.hpp"

#include "simulation/oracle/hours.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace errand::sim {

namespace {

/// A rate that nothing took from for so many of its spans is open, whatever the store's clock did
/// meanwhile.
constexpr int spans_to_open = 3;
/// What has been open for so long is known to everybody.
constexpr Duration time_to_notice = std::chrono::seconds{4};

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
    if (!limit.concurrency && !limit.rate && !limit.breaker && !limit.window) {
        std::erase_if(bounds_, same);
        return;
    }
    if (found == bounds_.end()) {
        auto& fresh = bounds_.emplace_back();
        fresh.limit = limit;
        fresh.held = held;
        fresh.breaker.set(limit.breaker);
        return;
    }
    // Another rate is judged by what begins from now on; the same one goes on.
    if (found->limit.rate != limit.rate) found->rate = {};
    if (!limit.rate) found->rest = {};
    found->breaker.set(limit.breaker);
    found->limit = limit;
}

std::vector<Limit> Bounds::all() const {
    std::vector<Limit> limits;
    limits.reserve(bounds_.size());
    for (const auto& bound : bounds_)
        limits.push_back(bound.limit);
    return limits;
}

/// What depends on how attempts ended and on the time of day.
void Bounds::judge_conditions(Verdict& verdict, const Bound& bound, Timestamp claimed_at) {
    using Standing = BreakerRule::Standing;
    const auto& limit = bound.limit;
    const auto scope = [&] { return to_string(limit.scope); };
    const auto standing = bound.breaker.standing(claimed_at);
    verdict.tries |= standing == Standing::half_open;
    verdict.in_window |= limit.window.has_value();
    if (standing == Standing::open) {
        verdict.wrong = fmt::format("began while the breaker of {} is open", scope());
    } else if (standing == Standing::half_open && bound.held > 1) {
        verdict.wrong =
            fmt::format("{} jobs try at once whether {} works again", bound.held, scope());
    } else if (bound.rest.surely_lasts(claimed_at)) {
        verdict.wrong = fmt::format("began although {} is to be left alone", scope());
    } else if (limit.window && !is_inside(*limit.window, claimed_at)) {
        verdict.wrong =
            fmt::format("began at {}, outside the window {} of {}", format_timestamp(claimed_at),
                        to_string(*limit.window), scope());
    }
}

Bounds::Verdict Bounds::begin(const NewJob& job, std::int64_t elapsed, Timestamp now,
                              Timestamp claimed_at) {
    Verdict verdict;
    for (auto& bound : bounds_) {
        const auto& limit = bound.limit;
        if (!holds(limit.scope, job)) continue;
        ++bound.held;
        bound.begun_at = now;
        judge_conditions(verdict, bound, claimed_at);
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

Bounds::Lesson Bounds::learn(const NewJob& job, const Settlement& item, Timestamp began,
                             Timestamp now) {
    using Standing = BreakerRule::Standing;
    Lesson lesson;
    Bound* narrowest = nullptr;  // of those with a rate
    for (auto& bound : bounds_) {
        const auto& limit = bound.limit;
        if (!holds(limit.scope, job)) continue;
        const auto before = bound.breaker.standing(now);
        const auto after = bound.breaker.learn(item.target, began, now);
        lesson.opened |= after == Standing::open && before != Standing::open;
        lesson.closed |= after == Standing::closed && before == Standing::half_open;
        if (!limit.rate) continue;
        const auto is_narrower = [](const Scope& a, const Scope& b) { return a.kind > b.kind; };
        if (narrowest == nullptr || is_narrower(limit.scope, narrowest->limit.scope)) {
            narrowest = &bound;
        }
    }
    if (item.slow_down && narrowest != nullptr) {
        narrowest->rest.ask(now, *item.slow_down);
        lesson.rests = true;
    }
    return lesson;
}

void Bounds::clock_went_back() {
    for (auto& bound : bounds_) {
        bound.breaker.clock_went_back();
        bound.rest.clock_went_back();
    }
}

void Bounds::end(const NewJob& job, Timestamp now) {
    for (auto& bound : bounds_) {
        if (!holds(bound.limit.scope, job)) continue;
        const bool was_full = (bound.limit.concurrency && bound.held >= *bound.limit.concurrency) ||
                              bound.breaker.until();
        --bound.held;
        if (was_full) bound.freed_at = now;
    }
}

bool Bounds::may_be_closed(const Bound& bound, Timestamp shown) {
    const auto& window = bound.limit.window;
    if (window && !(is_inside(*window, shown) && is_inside(*window, shown - time_to_notice))) {
        return true;
    }
    if (bound.rest.perhaps_until() + time_to_notice > shown) return true;
    if (bound.breaker.standing(shown) == BreakerRule::Standing::unknown) return true;
    const auto until = bound.breaker.until();
    return until && (bound.held > 0 || *until + time_to_notice > shown);
}

std::optional<Timestamp> Bounds::room_since(const NewJob& job, Timestamp shown) const {
    auto since = set_at_;
    for (const auto& bound : bounds_) {
        const auto& limit = bound.limit;
        if (!holds(limit.scope, job)) continue;
        if (limit.concurrency && bound.held >= *limit.concurrency) return std::nullopt;
        if (may_be_closed(bound, shown)) return std::nullopt;
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
        if (const std::string_view wrong = found->breaker.wrong_view(view); !wrong.empty()) {
            return fmt::format("{}: {}", scope, wrong);
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
