#include "engine/hook_names.hpp"

#include "base/text.hpp"

#include <errand/error.hpp>

#include <algorithm>

namespace errand::engine {

void validate_hook(std::string_view name, bool has_function) {
    constexpr std::size_t max_bytes = 64;
    const bool plain = std::ranges::none_of(
        name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
    if (name.empty() || name.size() > max_bytes || !plain || !base::is_valid_utf8(name)) {
        throw Error(ErrorCode::invalid_argument,
                    "name of a hook: " + base::quote_for_message(name) +
                        "; give 1 to 64 bytes of UTF-8 without control characters");
    }
    if (!has_function) {
        throw Error(ErrorCode::invalid_argument,
                    "hook " + base::quote_for_message(name) + ": it is empty; give a function");
    }
}

std::string hook_failure(std::string_view name, std::string_view what) {
    return "hook " + base::quote_for_message(name) + ": " + std::string{what};
}

}  // namespace errand::engine
