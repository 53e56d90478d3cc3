#pragma once

#include "core/place.hpp"

#include <errand/job.hpp>
#include <errand/store/types.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>

namespace errand::memory {

/// What a job has of the turns of its key.
enum class Turn : std::uint8_t {
    none,     ///< it needs none, or waits for its time without one
    held,     ///< until its end, also while it waits for its time
    blocked,  ///< available, but the turns of its key are all taken
};

/// That a job belongs to a workflow, and when it may begin once its parents have ended.
struct Membership {
    std::uint64_t workflow = 0;  ///< WorkflowEntry::seq
    std::uint32_t position = 0;  ///< of its node there
    Duration delay{};
    std::optional<Timestamp> run_at;
};

/// All that is kept of one job. `job` is what people see; the rest is the store's own. Only
/// JobTable changes job.state, turn and what its indexes are ordered by.
struct Record {
    std::uint64_t seq = 0;  ///< order of insertion, from 1
    Job job;
    core::Place place{};      ///< in its queue, for its whole life
    Timestamp first_due{};    ///< what is shown as due time while it does not wait for another
    Timestamp due{};          ///< scheduled, retryable: when it becomes available
    Timestamp lease_until{};  ///< active: when the lease runs out; the minimum when its worker died
    WorkerId holder{};        ///< active: who has the lease
    RunMark mark = RunMark::unknown;  ///< active: how far the holder got
    Turn turn = Turn::none;
    bool holds_unique =
        false;  ///< its unique key, by its state; what a period holds is not counted
    Timestamp progress_told_at{};                ///< when its progress was an event last
    std::optional<Membership> membership{};      ///< none: it belongs to no workflow
    std::map<std::uint64_t, AttemptLog> logs;    ///< by lease_seq
    std::map<std::string, std::string> effects;  ///< value by key
};

/// Claims take higher ranks first, then lower positions, then earlier insertions.
struct ByPlace {
    bool operator()(const Record* a, const Record* b) const {
        return std::tie(b->place.rank, a->place.position, a->seq) <
               std::tie(a->place.rank, b->place.position, b->seq);
    }
};

/// The jobs of one key take turns whatever their ranks.
struct ByPosition {
    bool operator()(const Record* a, const Record* b) const {
        return std::tie(a->place.position, a->seq) < std::tie(b->place.position, b->seq);
    }
};

struct ByInsertion {
    bool operator()(const Record* a, const Record* b) const { return a->seq < b->seq; }
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
