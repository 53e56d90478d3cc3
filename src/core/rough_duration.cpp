#include "core/rough_duration.hpp"

#include <array>

namespace errand::core {
namespace {

constexpr std::array<Duration, 6> units{std::chrono::days{1},         std::chrono::hours{1},
                                        std::chrono::minutes{1},      std::chrono::seconds{1},
                                        std::chrono::milliseconds{1}, std::chrono::microseconds{1}};

}  // namespace

std::string rough_duration(Duration value) {
    if (value <= Duration::zero()) return "0s";
    std::size_t largest = 0;
    while (value < units[largest])
        ++largest;
    // Seconds and less are one unit: nobody reads "3s412ms" more gladly than "3s".
    const bool alone = units[largest] <= std::chrono::seconds{1};
    const auto smallest = units[alone ? largest : largest + 1];
    return format_duration(value - value % smallest);
}

}  // namespace errand::core
