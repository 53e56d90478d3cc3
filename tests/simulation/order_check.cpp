#include "simulation/order_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace errand::sim {

std::string wrong_share(const std::vector<std::string>& claimed,
                        const std::map<std::string, std::uint32_t>& weights,
                        std::uint32_t jobs_of_each) {
    double all = 0;
    for (const auto& [key, weight] : weights)
        all += weight;
    std::map<std::string, std::uint32_t> got;
    for (std::size_t count = 1; count <= claimed.size(); ++count) {
        if (++got[claimed[count - 1]] == jobs_of_each) break;  // that key has none left
        for (const auto& [key, weight] : weights) {
            const auto due = static_cast<double>(count) * weight / all;
            const auto error = std::abs(got[key] - due);
            if (error <= due * 0.1 + 2) continue;
            return fmt::format("of {} jobs key {} of weight {} got {}, and {:.1f} are its share",
                               count, key, weight, got[key], due);
        }
    }
    return {};
}

}  // namespace errand::sim
