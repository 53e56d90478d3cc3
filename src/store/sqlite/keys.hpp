#pragma once

#include <string>
#include <string_view>

// A key counts within its queue: the tables hold both in one text, QUEUE/KEY. Names of queues have
// no slash.

namespace errand::sqlite {

[[nodiscard]] inline std::string full_key(std::string_view queue, std::string_view key) {
    std::string full;
    full.reserve(queue.size() + 1 + key.size());
    return full.append(queue).append("/").append(key);
}

[[nodiscard]] inline std::string_view queue_of(std::string_view full) noexcept {
    return full.substr(0, full.find('/'));
}

/// Empty for an empty text: a job without a key.
[[nodiscard]] inline std::string_view key_of(std::string_view full) noexcept {
    const auto slash = full.find('/');
    return slash == full.npos ? std::string_view{} : full.substr(slash + 1);
}

}  // namespace errand::sqlite
