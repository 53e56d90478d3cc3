#pragma once

#include "store/sqlite/workflow_events.hpp"
#include "store/sqlite/workflow_nodes.hpp"

#include <cstdint>

namespace errand::sqlite {

/// Lets ended jobs of workflows begin anew within one open write transaction: those skipped after
/// them wait for them again.
class WorkflowRetry {
public:
    WorkflowRetry(Connection& writer, WorkflowEvents& events)
        : writer_(writer), events_(events), nodes_(writer) {}

    enum class Next : std::uint8_t {
        refused,  ///< its workflow is being cancelled, or pruned
        waits,    ///< for parents that begin anew as well: it is pending
        begins,   ///< its node is released; the caller moves the job
    };
    /// One job that ended; its workflow goes on. What is told of the job itself is the caller's.
    [[nodiscard]] Next prepare(std::int64_t n);

    /// A node that ended is pending, and its edges are open; the job itself stays where it is.
    void reopen(std::int64_t n);
    /// The same for a skipped one, whose job goes along, and for those skipped after it. False: it
    /// is not skipped, or its job was removed.
    bool wait_again(std::int64_t n);
    /// After reopen(): the job waits for its parents, or its node is released.
    [[nodiscard]] Next begin_or_wait(std::int64_t n);

    [[nodiscard]] bool may_go_on(std::int64_t workflow);
    void go_on(std::int64_t workflow);

    [[nodiscard]] WorkflowNodes& nodes() noexcept { return nodes_; }

private:
    void open_edges(std::int64_t n, core::NodeState state, std::vector<std::int64_t>& children);

    Connection& writer_;
    WorkflowEvents& events_;
    WorkflowNodes nodes_;
};

}  // namespace errand::sqlite
