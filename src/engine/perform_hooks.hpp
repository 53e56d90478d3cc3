#pragma once

#include <errand/worker.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace errand::engine {

/// The hooks around perform, outermost first. Filled before the start, then only read.
class PerformHooks {
public:
    /// Throws Error (invalid_argument).
    void add(std::string_view name, PerformHook hook);
    [[nodiscard]] bool empty() const noexcept { return hooks_.empty(); }

    /// Calls the hooks; what they return is added to `after`, for each hook one. Not none: one of
    /// them threw or waits, the handler is not to run, and this is the outcome that after() gets.
    [[nodiscard]] std::optional<Outcome> before(Context& job,
                                                std::vector<AfterPerform>& after) const;
    /// Calls what the hooks returned, the innermost first.
    [[nodiscard]] Outcome after(Outcome outcome, std::vector<AfterPerform>& after) const;

private:
    struct Named {
        std::string name;
        PerformHook hook;
    };
    std::vector<Named> hooks_;
};

}  // namespace errand::engine
