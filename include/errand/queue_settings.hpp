#pragma once

#include <errand/job_id.hpp>
#include <errand/time.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace errand {

/// Who of the jobs of one priority is next.
enum class QueueOrder : std::uint8_t {
    fifo = 0,  ///< who was due first
    lifo = 1,  ///< who was enqueued last: a stack
    fair = 2,  ///< the keys take turns, in the measure of their weights
};
[[nodiscard]] std::string_view to_string(QueueOrder order) noexcept;
/// Throws Error (invalid_argument) naming the possible words.
[[nodiscard]] QueueOrder parse_queue_order(std::string_view text);

/// How a queue orders its jobs. A job gets its place when it is enqueued: a change counts for later
/// jobs, those that wait keep the place they have.
struct QueueSettings {
    QueueOrder order = QueueOrder::fifo;
    /// fifo only: a step of priority is worth this much waiting, so that no job waits for ever
    /// behind higher priorities. Zero: a higher priority always goes first. At most 365 days.
    Duration aging{};
    /// Jobs of one key that may be under way at once, up to 1,000. 1: each key's jobs run strictly
    /// one after the other, in the order of their places, retries included. 0: keys do not hold
    /// anybody back, which is what `fair` mostly wants.
    std::uint32_t key_concurrency = 1;
    /// A job that has been available for longer is late: counted and shown, not treated otherwise.
    /// Zero: none is. At most 365 days.
    Duration max_age{};
    /// fair only: the shares of keys, 1 to 1,000 each; who is not named has 1. At most 10,000.
    std::map<std::string, std::uint32_t> key_weights{};

    bool operator==(const QueueSettings&) const = default;
};

/// A key of which jobs wait for their turn.
struct KeyView {
    std::string queue;
    std::string key;
    std::uint64_t blocked = 0;     ///< jobs that wait for their turn
    std::vector<JobId> holders{};  ///< unfinished jobs that have a turn, in order of insertion
};

}  // namespace errand
