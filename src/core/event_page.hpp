#pragma once

#include <errand/store/events.hpp>

#include <cstdint>

namespace errand::core {

/// Whether a reader that has acknowledged up to `acknowledged` should acknowledge the page: when
/// there was something in it, or so much that it left out that nobody should look through it again.
[[nodiscard]] inline bool is_worth_acknowledging(const EventPage& page,
                                                 std::uint64_t acknowledged) noexcept {
    constexpr std::uint64_t many = 500;
    return !page.events.empty() || page.missed != 0 || page.more ||
           page.up_to >= acknowledged + many;
}

}  // namespace errand::core
