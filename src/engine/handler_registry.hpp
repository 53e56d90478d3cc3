#pragma once

#include "core/decide.hpp"
#include "engine/perform_hooks.hpp"

#include <errand/performer.hpp>
#include <errand/worker.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace errand::engine {

/// How the jobs of one type are performed and decided.
struct Handler {
    Worker::RawHandler perform;
    std::optional<Duration> timeout;  ///< of jobs that bring none
    core::DecideOptions decide;
    std::shared_ptr<Performer> performer{};  ///< null: a thread of the queue calls `perform`
};

/// The handlers of a worker by type, and the hooks around them. Filled before the start, then only
/// read.
class HandlerRegistry {
public:
    /// Throws Error: invalid_argument (empty handler), conflict (the type has one already).
    void add(std::string_view type, Handler handler);
    /// Null: no handler performs this type.
    [[nodiscard]] const Handler* find(std::string_view type) const;
    [[nodiscard]] std::vector<std::string> types() const;
    /// Those that `performer` performs; null: a thread of the queue.
    [[nodiscard]] std::vector<std::string> types_of(const Performer* performer) const;
    /// Each once, in the order in which they came.
    [[nodiscard]] const std::vector<std::shared_ptr<Performer>>& performers() const noexcept {
        return performers_;
    }
    [[nodiscard]] PerformHooks& hooks() noexcept { return hooks_; }
    [[nodiscard]] const PerformHooks& hooks() const noexcept { return hooks_; }

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>{}(text);
        }
    };
    std::unordered_map<std::string, Handler, Hash, std::equal_to<>> handlers_;
    std::vector<std::shared_ptr<Performer>> performers_;
    PerformHooks hooks_;
};

}  // namespace errand::engine
