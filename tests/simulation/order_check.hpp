#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace errand::sim {

/// What is wrong with the shares that keys got of a queue in which all of them had work all the
/// time; empty: nothing. `claimed` are the keys of jobs in the order of their claims: while every
/// key has jobs left, each gets its share within 10 % and two jobs, as jobs cannot be divided.
[[nodiscard]] std::string wrong_share(const std::vector<std::string>& claimed,
                                      const std::map<std::string, std::uint32_t>& weights,
                                      std::uint32_t jobs_of_each);

}  // namespace errand::sim
