#pragma once

#include <errand/job.hpp>
#include <errand/store/types.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <tuple>

namespace errand::memory {

/// All that is kept of one job. `job` is what people see; the rest is the store's own. Only
/// JobTable changes job.state and what its indexes are ordered by.
struct Record {
    std::uint64_t seq = 0;  ///< order of insertion, from 1
    Job job;
    Timestamp place{};        ///< first due time: its place in the queue for its whole life
    Timestamp due{};          ///< scheduled, retryable: when it becomes available
    Timestamp lease_until{};  ///< active: when the lease runs out; the minimum when its worker died
    WorkerId holder{};        ///< active: who has the lease
    RunMark mark = RunMark::unknown;             ///< active: how far the holder got
    std::map<std::uint64_t, AttemptLog> logs;    ///< by lease_seq
    std::map<std::string, std::string> effects;  ///< value by key
};

/// Claims take higher priorities first, then earlier places, then earlier insertions.
struct ByTurn {
    bool operator()(const Record* a, const Record* b) const {
        return std::tie(b->job.priority, a->place, a->seq) <
               std::tie(a->job.priority, b->place, b->seq);
    }
};

struct ByDue {
    bool operator()(const Record* a, const Record* b) const {
        return std::tie(a->due, a->seq) < std::tie(b->due, b->seq);
    }
};

struct ByLeaseEnd {
    bool operator()(const Record* a, const Record* b) const {
        return std::tie(a->lease_until, a->seq) < std::tie(b->lease_until, b->seq);
    }
};

}  // namespace errand::memory
