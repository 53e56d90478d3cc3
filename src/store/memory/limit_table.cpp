#include "store/memory/limit_table.hpp"

#include "base/zone_database.hpp"

#include <algorithm>
#include <utility>

namespace errand::memory {

std::vector<Scope> scopes_of(std::string_view queue, std::string_view type, std::string_view key) {
    std::vector<Scope> scopes{Scope::global(), Scope::queue(queue), Scope::type(type)};
    if (!key.empty()) scopes.push_back(Scope::key(key));
    return scopes;
}

bool holds(const Scope& scope, const Job& job) {
    switch (scope.kind) {
        case Scope::Kind::global:
            return true;
        case Scope::Kind::queue:
            return scope.name == job.queue;
        case Scope::Kind::type:
            return scope.name == job.type;
        case Scope::Kind::key:
            return scope.name == job.key;
    }
    return false;
}

void LimitTable::set(const Limit& limit) {
    if (core::bounds_nothing(limit)) {
        limits_.erase(limit.scope);
        return;
    }
    auto zone = limit.window ? base::system_zones().find(limit.window->timezone) : nullptr;
    LimitState& state = limits_[limit.scope];
    state.limit = limit;
    state.zone = std::move(zone);
    core::forget_unneeded(limit, state.memory);
    state.opens_at.reset();  // it is looked at anew
    state.wakes_at.reset();
}

void LimitTable::learn(const Job& job, const Settlement& item, Timestamp now) {
    if (limits_.empty()) return;
    for (auto& [scope, state] : limits_) {
        if (!holds(scope, job)) continue;
        core::learn(state.limit, state.memory, item.target, *job.started_at, now);
    }
    if (item.slow_down) slow_down(job, *item.slow_down, now);
}

void LimitTable::slow_down(const Job& job, Duration length, Timestamp now) {
    auto scopes = scopes_of(job.queue, job.type, job.key);
    std::ranges::reverse(scopes);  // the narrowest first
    for (const Scope& scope : scopes) {
        const auto found = limits_.find(scope);
        if (found == limits_.end() || !found->second.limit.rate) continue;
        found->second.memory.slow_down.ask(now, length);
        return;
    }
}

bool LimitTable::any_counts_leases() const {
    return std::ranges::any_of(limits_, [](const auto& one) { return one.second.counts_leases(); });
}

namespace {

/// The time is over, so there is none.
bool let_pass(std::optional<Timestamp>& time, Timestamp now) {
    if (!time || *time > now) return false;
    time.reset();
    return true;
}

}  // namespace

bool LimitTable::open(Timestamp now) {
    bool any = false;
    for (auto& [scope, state] : limits_) {
        any |= let_pass(state.opens_at, now);
        any |= let_pass(state.wakes_at, now);
    }
    return any;
}

std::optional<Timestamp> LimitTable::next_opening() const {
    std::optional<Timestamp> next;
    for (const auto& [scope, state] : limits_) {
        for (const auto& time : {state.opens_at, state.wakes_at}) {
            if (time) next = std::min(next.value_or(*time), *time);
        }
    }
    return next;
}

}  // namespace errand::memory
