#pragma once

#include <pthread.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace errand::engine {

/// Names the calling thread "errand:NAME", cut at the 15 bytes that Linux keeps, for `top -H`,
/// debuggers and profiles.
inline void name_this_thread(std::string_view name) {
    constexpr std::string_view prefix = "errand:";
    std::array<char, 16> text{};
    const auto end = std::ranges::copy(prefix, text.begin()).out;
    std::ranges::copy(name.substr(0, text.size() - 1 - prefix.size()), end);
    ::pthread_setname_np(::pthread_self(), text.data());
}

}  // namespace errand::engine
