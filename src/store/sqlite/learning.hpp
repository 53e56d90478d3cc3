#pragma once

#include "store/sqlite/connection.hpp"
#include "store/sqlite/lanes.hpp"

#include "core/limit_conditions.hpp"

#include <errand/store/types.hpp>

#include <span>
#include <vector>

namespace errand::sqlite {

/// What limits learn from the ends of leases: breakers whether attempts failed, rates that the
/// other side asked for a rest. Used by one settle, in its write transaction, before any of the
/// leases ends. Where no limit can learn anything it costs one look at the limits.
class Learning {
public:
    Learning(Connection& writer, const LaneTable& lanes, Timestamp now);

    void learn(std::span<const Settlement> items);
    /// The end of a lease may let a job begin that a limit holds.
    [[nodiscard]] bool makes_room() const noexcept { return counts_leases_; }

private:
    struct Learner {
        Limit limit;
        core::LimitMemory memory;
        bool learned = false;
    };

    void read_limits();
    [[nodiscard]] bool all_at_rest() const;
    /// False: the lease is stale and tells nothing.
    bool learn_from(const Settlement& item, std::int64_t n);
    void slow_down(const Lane& lane, Duration length);
    void write();

    Connection& writer_;
    const LaneTable& lanes_;
    Timestamp now_;
    bool counts_leases_ = false;
    bool has_breakers_ = false;
    std::vector<Learner> limits_;
};

}  // namespace errand::sqlite
