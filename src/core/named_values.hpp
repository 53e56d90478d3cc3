#pragma once

#include "base/text.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

namespace errand::core {

/// An enum's values with the names under which people write them.
template <class Value, std::size_t count>
struct NamedValues {
    struct Entry {
        std::string_view name;
        Value value;
    };

    std::string_view what;  ///< the field, for messages
    std::array<Entry, count> entries;

    [[nodiscard]] constexpr std::string_view name_of(Value value) const noexcept {
        for (const auto& entry : entries) {
            if (entry.value == value) return entry.name;
        }
        return "unknown";
    }

    /// Throws Error (invalid_argument) with the valid names and the nearest one.
    [[nodiscard]] Value value_of(std::string_view text) const {
        std::vector<std::string_view> names;
        for (const auto& entry : entries) {
            if (entry.name == text) return entry.value;
            names.push_back(entry.name);
        }
        const auto near = base::nearest(text, names);
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("{}: {} is none of {}{}", what, base::quote_for_message(text),
                                fmt::join(names, ", "),
                                near.empty() ? "" : fmt::format("; did you mean {}?", near)));
    }
};

}  // namespace errand::core
