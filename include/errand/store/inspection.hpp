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

    /// Looks for damage and bad settings: integrity, counts that must agree, disk space.
    [[nodiscard]] virtual std::vector<CheckFinding> check() = 0;
};

}  // namespace errand
