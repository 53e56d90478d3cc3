#pragma once

#include "core/decide.hpp"

#include <errand/worker.hpp>

#include <functional>
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
};

/// The handlers of a worker by type. Filled before the start, then only read.
class HandlerRegistry {
public:
    /// Throws Error: invalid_argument (empty handler), conflict (the type has one already).
    void add(std::string_view type, Handler handler);
    /// Null: no handler performs this type.
    [[nodiscard]] const Handler* find(std::string_view type) const;
    [[nodiscard]] std::vector<std::string> types() const;

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>{}(text);
        }
    };
    std::unordered_map<std::string, Handler, Hash, std::equal_to<>> handlers_;
};

}  // namespace errand::engine
