#pragma once

#include "store/sqlite/connection.hpp"
#include "store/sqlite/lanes.hpp"
#include "store/sqlite/rules.hpp"

#include <errand/store/types.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace errand::sqlite {

/// A queue's lanes that have something, and how many jobs are wanted of it.
struct QueueLanes {
    std::vector<Lane> lanes;
    std::uint32_t max_jobs;
};

/// Where a job stands in its lane and rank.
struct Spot {
    std::int64_t place, n;
};

/// Neighbours of one lane and rank that are to be taken: they are moved as one range.
struct Range {
    std::int64_t lane, rank;
    Spot first, last;
    std::size_t count;
};

/// Orders as claims do: (~rank, place, n); ~ turns the order round for every number.
using Turn = std::tuple<std::int64_t, std::int64_t, std::int64_t>;

/// The first jobs of a queue, as they stood when they were read.
struct Front {
    std::vector<Range> ranges;
    std::vector<Lease> leases;  ///< range by range
    std::vector<Turn> turns;    ///< of each lease
    /// Some have unique keys: an enqueue may change their args at any time.
    bool any_unique = false;
    std::vector<std::int64_t> frees;  ///< jobs whose unique key is free once they are claimed
    bool taken = false;

    /// The leases in the order of claiming.
    [[nodiscard]] std::vector<Lease> in_order() &&;
};

/// Reads fronts. With `rules`, whose write transaction is open, only what all limits allow.
class FrontReader {
public:
    explicit FrontReader(Connection& connection, Rules* rules = nullptr, Timestamp now = {})
        : connection_(connection), rules_(rules), now_(now) {}

    [[nodiscard]] Front read(const QueueLanes& queue);

private:
    using Shares = std::map<std::size_t, std::uint32_t>;  ///< of the lane at this index

    [[nodiscard]] Shares shares(const QueueLanes& queue);
    [[nodiscard]] Shares allowed_shares(const QueueLanes& queue);
    [[nodiscard]] std::vector<std::size_t> lanes_that_end_together(const QueueLanes& queue) const;
    void read_lane(const Lane& lane, std::uint32_t count, Front& front);

    Connection& connection_;
    Rules* rules_;
    Timestamp now_;
};

}  // namespace errand::sqlite
