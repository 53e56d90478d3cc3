#pragma once

#include "simulation/oracle/places.hpp"

#include <errand/job_id.hpp>
#include <errand/time.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace errand::sim {

/// A job in the line of its key.
struct InLine {
    Standing standing;
    JobId id;
    friend bool operator<(const InLine& a, const InLine& b) {
        return has_turn_before(a.standing, b.standing);
    }
};

/// When something happened.
struct Moment {
    std::uint64_t number = 0;  ///< of the event; rises
    Timestamp time{};          ///< virtual
    Timestamp latest{};        ///< the store's clock at its furthest so far
};

/// The lines of keys, as far as claims and ends show them: who is under way, who certainly waits,
/// and who must be next. What a store does with jobs that nobody has seen become available stays
/// open. Knows nothing of settings: whoever asks says how many turns a key has.
class Turns {
public:
    /// The line of one key in one queue.
    struct Line {
        std::vector<JobId> under_way;  ///< began, and have not ended
        std::set<InLine> waiting;      ///< certainly available, and have not begun
        std::optional<InLine> next;    ///< must be the next to begin
        Moment since{};                ///< when `next` got its turn
        std::uint32_t exempt = 0;      ///< living jobs from before the number of turns changed
        bool unclear = false;          ///< who is next shows when somebody ends

        [[nodiscard]] bool has_under_way(const JobId& id) const {
            return std::ranges::find(under_way, id) != under_way.end();
        }
    };

    [[nodiscard]] Line& of(const std::string& queue, const std::string& key) {
        return lines_[queue + '\n' + key];
    }
    [[nodiscard]] const Line* find(const std::string& queue, const std::string& key) const {
        const auto found = lines_.find(queue + '\n' + key);
        return found == lines_.end() ? nullptr : &found->second;
    }
    /// All lines of the queue begin anew: nobody is known to be in them.
    void forget(const std::string& queue);

    /// The only turn of the line is free: of those who certainly wait the first has it.
    static void pass_on(Line& line, const Moment& now);

private:
    std::unordered_map<std::string, Line> lines_;
};

}  // namespace errand::sim
