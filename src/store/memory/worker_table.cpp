#include "store/memory/worker_table.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <cassert>

namespace errand::memory {

WorkerId WorkerTable::join(const WorkerInfo& info, Timestamp now) {
    if (info.max_leases < 1 || info.max_leases > 65'536) {
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("max_leases {} is not possible: give 1 to 65536", info.max_leases));
    }
    const WorkerId id{++last_id_};
    workers_.emplace(id, WorkerView{id, info, now, 0, true});
    return id;
}

const WorkerView& WorkerTable::member(WorkerId id) const {
    const auto found = workers_.find(id);
    if (found != workers_.end() && found->second.alive) return found->second;
    throw Error(ErrorCode::conflict,
                fmt::format("worker {} is not a member of this store: join() first",
                            static_cast<std::int64_t>(id)));
}

void WorkerTable::drop_lease(WorkerId id) {
    WorkerView& worker = workers_.at(id);
    assert(worker.leases > 0);
    --worker.leases;
    forget_if_done(id);
}

void WorkerTable::leave(WorkerId id) {
    workers_.at(id).alive = false;
    forget_if_done(id);
}

void WorkerTable::forget_if_done(WorkerId id) {
    const auto found = workers_.find(id);
    if (!found->second.alive && found->second.leases == 0) workers_.erase(found);
}

}  // namespace errand::memory
