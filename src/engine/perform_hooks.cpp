#include "engine/perform_hooks.hpp"

#include "engine/hook_names.hpp"

#include <errand/performer.hpp>

#include <utility>

namespace errand::engine {
namespace {

/// From within a catch block. A hook may wait as a handler does, which is no failure.
Outcome ended_at(const std::string& name) {
    auto outcome = outcome_of_current_exception();
    if (outcome.kind() != Outcome::Kind::fail) return outcome;
    return Outcome::fail(hook_failure(name, outcome.text()), "hook");
}

}  // namespace

void PerformHooks::add(std::string_view name, PerformHook hook) {
    validate_hook(name, static_cast<bool>(hook));
    hooks_.push_back({std::string{name}, std::move(hook)});
}

std::optional<Outcome> PerformHooks::before(Context& job, std::vector<AfterPerform>& after) const {
    after.reserve(hooks_.size());
    for (const auto& each : hooks_) {
        try {
            after.push_back(each.hook(job));
        } catch (...) {
            return ended_at(each.name);
        }
    }
    return {};
}

Outcome PerformHooks::after(Outcome outcome, std::vector<AfterPerform>& after) const {
    for (auto i = after.size(); i-- > 0;) {
        if (!after[i]) continue;
        try {
            after[i](outcome);
        } catch (...) {
            outcome = ended_at(hooks_[i].name);
        }
    }
    after.clear();
    return outcome;
}

}  // namespace errand::engine
