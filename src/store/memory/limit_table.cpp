#include "store/memory/limit_table.hpp"

#include <algorithm>

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
    if (!limit.concurrency && !limit.rate) {
        limits_.erase(limit.scope);
        return;
    }
    LimitState& state = limits_[limit.scope];
    state.limit = limit;
    state.opens_at.reset();  // it is looked at anew
}

bool LimitTable::any_concurrency() const {
    return std::ranges::any_of(
        limits_, [](const auto& one) { return one.second.limit.concurrency.has_value(); });
}

bool LimitTable::open(Timestamp now) {
    bool any = false;
    for (auto& [scope, state] : limits_) {
        if (!state.opens_at || *state.opens_at > now) continue;
        state.opens_at.reset();
        any = true;
    }
    return any;
}

std::optional<Timestamp> LimitTable::next_opening() const {
    std::optional<Timestamp> next;
    for (const auto& [scope, state] : limits_) {
        if (state.opens_at) next = std::min(next.value_or(*state.opens_at), *state.opens_at);
    }
    return next;
}

}  // namespace errand::memory
