#pragma once

#include <errand/store/types.hpp>

#include <cstdint>
#include <map>
#include <string>

namespace errand::memory {

/// The workers that are alive or still hold leases. Not thread-safe.
class WorkerTable {
public:
    /// Throws Error (invalid_argument) when max_leases is 0 or above 65,536.
    WorkerId join(const WorkerInfo& info, Timestamp now);

    /// Throws Error (conflict) when the worker is not, or no longer, a member.
    [[nodiscard]] const WorkerView& member(WorkerId id) const;
    /// A worker that is a member or still holds leases.
    [[nodiscard]] const WorkerView& get(WorkerId id) const { return workers_.at(id); }

    void add_lease(WorkerId id) { ++workers_.at(id).leases; }
    void drop_lease(WorkerId id);
    /// The worker is gone, on purpose or not; it stays in the table while it holds leases.
    void leave(WorkerId id);

    /// Oldest first.
    [[nodiscard]] const std::map<WorkerId, WorkerView>& all() const noexcept { return workers_; }

private:
    void forget_if_done(WorkerId id);

    std::map<WorkerId, WorkerView> workers_;
    std::int64_t last_id_ = 0;
};

}  // namespace errand::memory
