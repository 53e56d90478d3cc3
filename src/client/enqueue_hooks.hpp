#pragma once

#include <errand/client.hpp>
#include <errand/hooks.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace errand::detail {

/// The hooks around enqueue, outermost first. Never changed once it is shared.
class EnqueueHooks {
public:
    /// Throws Error (invalid_argument).
    void add(std::string_view name, EnqueueHook hook);

    /// What the hooks of one job want to do afterwards.
    using After = std::vector<AfterEnqueue>;

    /// Calls the hooks. Throws Error naming the one that threw, after the others were told.
    [[nodiscard]] After before(NewJob& job) const;
    /// Tells all of them, the innermost first. Throws Error naming the first that threw.
    void added(const After& after, const Receipt& receipt) const;
    /// The same for a job that was not added; the exception that says why is on its way.
    void not_added(const After& after) const noexcept;

    /// Tells of several jobs, of which only the first ones were added: those with receipts. Throws
    /// as added() does, after all were told.
    void tell(std::span<const After> after, std::span<const Receipt> receipts) const;

private:
    struct Named {
        std::string name;
        EnqueueHook hook;
    };
    std::vector<Named> hooks_;
};

}  // namespace errand::detail
