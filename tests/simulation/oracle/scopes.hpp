#pragma once

#include <errand/job.hpp>
#include <errand/scope.hpp>
#include <errand/time.hpp>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace errand::sim {

[[nodiscard]] inline bool holds(const Scope& scope, std::string_view queue, std::string_view type,
                                std::string_view key) {
    switch (scope.kind) {
        case Scope::Kind::global:
            return true;
        case Scope::Kind::queue:
            return scope.name == queue;
        case Scope::Kind::type:
            return scope.name == type;
        case Scope::Kind::key:
            return !key.empty() && scope.name == key;
    }
    return false;
}

[[nodiscard]] inline bool holds(const Scope& scope, const NewJob& job) {
    return holds(scope, job.queue, job.type, job.key);
}

/// What is paused, and when what no longer is went on. There are never many scopes.
class Pauses {
public:
    void pause(const Scope& scope) {
        if (!is_paused(scope)) paused_.push_back(scope);
    }
    void resume(const Scope& scope, Timestamp now) {
        if (std::erase(paused_, scope) == 0) return;
        std::erase_if(resumed_, [&](const auto& one) { return one.first == scope; });
        resumed_.emplace_back(scope, now);
    }
    [[nodiscard]] bool is_paused(const Scope& scope) const {
        return std::ranges::find(paused_, scope) != paused_.end();
    }
    [[nodiscard]] bool hold(const NewJob& job) const {
        return std::ranges::any_of(paused_, [&](const Scope& scope) { return holds(scope, job); });
    }
    /// Is there any pause of the key itself?
    [[nodiscard]] bool name_key(std::string_view key) const {
        return std::ranges::any_of(paused_, [&](const Scope& scope) {
            return scope.kind == Scope::Kind::key && scope.name == key;
        });
    }
    /// Since when no pause has held the job, if none does now; the beginning of time when none ever
    /// did.
    [[nodiscard]] Timestamp free_since(const NewJob& job) const {
        auto since = Timestamp::min();
        for (const auto& [scope, at] : resumed_)
            if (holds(scope, job)) since = std::max(since, at);
        return since;
    }

private:
    std::vector<Scope> paused_;
    std::vector<std::pair<Scope, Timestamp>> resumed_;
};

}  // namespace errand::sim
