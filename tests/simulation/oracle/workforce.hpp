#pragma once

#include <errand/store/types.hpp>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>

namespace errand::sim {

/// What a worker can do.
struct Abilities {
    std::map<std::string, std::uint32_t> threads;  ///< by queue
    std::set<std::string> types;
    std::uint32_t places = 0;  ///< leases held at once, prefetched ones included
    [[nodiscard]] std::uint32_t all_threads() const {
        std::uint32_t all = 0;
        for (const auto& [queue, count] : threads)
            all += count;
        return all;
    }
};

/// One worker as the oracle sees it.
struct Member {
    Abilities can;
    bool died = false;      ///< its session ended without a word
    bool stopping = false;  ///< claims no more
    bool retired = false;
    Timestamp died_at{};                           ///< virtual time
    std::uint32_t begun = 0;                       ///< jobs that began and are not settled
    std::map<std::string, std::uint32_t> held_of;  ///< by queue
    std::map<std::string, Timestamp> freed_at;     ///< virtual time of the last change of held_of
    std::uint32_t running = 0;                     ///< handlers that have not returned
};

}  // namespace errand::sim
