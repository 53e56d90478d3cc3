#pragma once

#include <errand/store/types.hpp>

#include <string>
#include <vector>

namespace errand {

/// Looking at a store. Never changes anything and never delays the job path for long: an answer is
/// a snapshot. Threads and errors as in job_path.hpp.
class Inspection {
public:
    virtual ~Inspection() = default;

    /// The job with its errors and progress; none: unknown id (or pruned).
    [[nodiscard]] virtual std::optional<Job> find(const JobId& id) = 0;

    /// One page, newest first, of at most `limit` (1 to 1,000) jobs. `cursor` is empty for the
    /// first page; a cursor that this store did not make is refused (invalid_argument).
    [[nodiscard]] virtual JobPage list(const JobFilter& filter, std::uint32_t limit,
                                       std::string_view cursor) = 0;

    /// The logs kept, one entry per attempt, oldest first. Empty for unknown ids.
    [[nodiscard]] virtual std::vector<AttemptLog> logs(const JobId& id) = 0;

    [[nodiscard]] virtual StoreStats stats() = 0;

    /// Workers that are alive or still hold leases, oldest first.
    [[nodiscard]] virtual std::vector<WorkerView> workers() = 0;

    /// The settings of queues that have any but the default ones, by name.
    [[nodiscard]] virtual std::map<std::string, QueueSettings> queue_settings() = 0;

    [[nodiscard]] virtual std::vector<LimitView> limits() = 0;  ///< by scope
    [[nodiscard]] virtual std::vector<PauseView> pauses() = 0;  ///< by scope

    /// Keys of which jobs wait for their turn, those with the most first, then by queue and key; at
    /// most `max` (1 to 1,000).
    [[nodiscard]] virtual std::vector<KeyView> blocked_keys(std::uint32_t max) = 0;
    /// None: no unfinished job has a turn of the key, and none waits for one.
    [[nodiscard]] virtual std::optional<KeyView> find_key(std::string_view queue,
                                                          std::string_view key) = 0;

    /// Jobs whose unique key kept enqueues out, the one with the newest of these first; at most
    /// `max` (1 to 1,000).
    [[nodiscard]] virtual std::vector<SuppressedView> suppressed(std::uint32_t max) = 0;

    /// Looks for damage and bad settings: integrity, counts that must agree, disk space.
    [[nodiscard]] virtual std::vector<CheckFinding> check() = 0;
};

}  // namespace errand
