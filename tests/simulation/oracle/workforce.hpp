#pragma once

#include <errand/store/types.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <numeric>
#include <set>
#include <string>
#include <vector>

namespace errand::sim {

/// What a worker can do.
struct Abilities {
    std::vector<std::uint32_t> lines;           ///< the threads of each line
    std::map<std::string, std::size_t> serves;  ///< the line of each queue; groups share one
    std::set<std::string> types;
    std::set<std::string> labels;
    std::uint32_t places = 0;  ///< leases held at once, prefetched ones included
    /// May it perform the job?
    [[nodiscard]] bool is_fit_for(const NewJob& job) const {
        const auto has = [this](const std::string& label) { return labels.contains(label); };
        return types.contains(job.type) && std::ranges::all_of(job.needs, has);
    }
    [[nodiscard]] std::uint32_t all_threads() const {
        return std::accumulate(lines.begin(), lines.end(), std::uint32_t{0});
    }
};

/// What one line of a worker does.
struct WorkerLine {
    std::uint32_t held = 0;  ///< leases
    Timestamp freed_at{};    ///< virtual time at which one ended last
};

/// One worker as the oracle sees it.
struct Member {
    Abilities can;
    bool died = false;      ///< its session ended without a word
    bool stopping = false;  ///< claims no more
    bool retired = false;
    Timestamp joined_at{};          ///< virtual time
    Timestamp died_at{};            ///< virtual time
    std::uint32_t begun = 0;        ///< jobs that began and are not settled
    std::uint32_t running = 0;      ///< handlers that have not returned
    std::vector<WorkerLine> lines;  ///< as in Abilities

    /// Looks for work of all kinds.
    [[nodiscard]] bool is_at_work() const { return !died && !stopping && !retired; }
    /// Null: it does not serve the queue.
    [[nodiscard]] const WorkerLine* line_of(const std::string& queue) const {
        const auto found = can.serves.find(queue);
        return found == can.serves.end() ? nullptr : &lines[found->second];
    }
    [[nodiscard]] WorkerLine* line_of(const std::string& queue) {
        const auto found = can.serves.find(queue);
        return found == can.serves.end() ? nullptr : &lines[found->second];
    }
    [[nodiscard]] std::uint32_t threads_of(const std::string& queue) const {
        return can.lines[can.serves.at(queue)];
    }
};

}  // namespace errand::sim
