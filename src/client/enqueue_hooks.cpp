#include "client/enqueue_hooks.hpp"

#include "engine/hook_names.hpp"

#include <errand/performer.hpp>

#include <optional>
#include <utility>

namespace errand::detail {
namespace {

/// From within a catch block.
Error failed_at(const std::string& name, const std::string& consequence) {
    try {
        throw;
    } catch (const Error& error) {
        return {error.code(), engine::hook_failure(name, error.what()) + consequence};
    } catch (...) {
        return {ErrorCode::conflict,
                engine::hook_failure(name, outcome_of_current_exception().text()) + consequence};
    }
}

}  // namespace

void EnqueueHooks::add(std::string_view name, EnqueueHook hook) {
    engine::validate_hook(name, static_cast<bool>(hook));
    hooks_.push_back({std::string{name}, std::move(hook)});
}

EnqueueHooks::After EnqueueHooks::before(NewJob& job) const {
    After after;
    after.reserve(hooks_.size());
    for (const auto& each : hooks_) {
        try {
            after.push_back(each.hook(job));
        } catch (...) {
            const auto error = failed_at(each.name, "; nothing was added");
            not_added(after);
            throw error;
        }
    }
    return after;
}

void EnqueueHooks::added(const After& after, const Receipt& receipt) const {
    std::optional<Error> failure;
    for (auto i = after.size(); i-- > 0;) {
        if (!after[i]) continue;
        try {
            after[i](&receipt);
        } catch (...) {
            if (failure) continue;
            failure = failed_at(hooks_[i].name,
                                "; job " + to_string(receipt.id) + " is in the store all the same");
        }
    }
    if (failure) throw Error{*failure};
}

void EnqueueHooks::not_added(const After& after) const noexcept {
    for (auto i = after.size(); i-- > 0;) {
        if (!after[i]) continue;
        try {
            after[i](nullptr);
        } catch (...) {
            continue;  // the exception that goes on says more
        }
    }
}

void EnqueueHooks::tell(std::span<const After> after, std::span<const Receipt> receipts) const {
    std::optional<Error> failure;
    for (std::size_t i = 0; i < after.size(); ++i) {
        if (i >= receipts.size()) {
            not_added(after[i]);
            continue;
        }
        try {
            added(after[i], receipts[i]);
        } catch (const Error& error) {
            if (!failure) failure = error;
        }
    }
    if (failure) throw Error{*failure};
}

}  // namespace errand::detail
