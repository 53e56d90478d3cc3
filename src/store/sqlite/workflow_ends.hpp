#pragma once

#include "store/sqlite/insert.hpp"
#include "store/sqlite/turns.hpp"
#include "store/sqlite/workflow_events.hpp"
#include "store/sqlite/workflow_nodes.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <span>

namespace errand::sqlite {

/// Works off what the ends of jobs do to their workflows, within one open write transaction and in
/// bounded steps: children whose last parent it was are released or skipped, and workflows end.
/// What is left over is kept in errand_ended.
class WorkflowEnds {
public:
    /// Inserts callbacks.
    using Insert = std::function<InsertedJobs(std::span<const NewJob>)>;
    /// How many jobs and edges one call works off.
    static constexpr std::size_t most_steps = 1'000;

    WorkflowEnds(Connection& writer, Timestamp now, const Insert& insert, WorkflowEvents& events)
        : writer_(writer),
          now_(now),
          insert_(insert),
          events_(events),
          turns_(writer),
          nodes_(writer) {}

    void take(const NodeEnds& ends);
    /// A job that waits for its parents will not begin.
    void skip(std::int64_t n);
    /// A job that waits for its parents may begin: at once, or after its own delay.
    void release(const NodeRow& node);
    /// What was taken or skipped; what is older and left over with `older_too`, first.
    void work_off(bool older_too);

    [[nodiscard]] WorkflowNodes& nodes() noexcept { return nodes_; }
    [[nodiscard]] bool makes_work() const noexcept { return available || turns_.admitted; }

    bool available = false;
    bool scheduled = false;
    bool ended = false;  ///< jobs or workflows
    bool left = false;   ///< promote_due() is to go on

private:
    struct Ended {
        std::int64_t n;
        std::int64_t after;  ///< edges to children up to here are closed
        core::NodeState state;
    };

    void work_off_older();
    /// False: the bound was reached first.
    bool close_edges(Ended& parent);
    void follow_edge(const WorkflowNodes::Edge& edge, core::NodeState parent);
    void end_workflow(const WorkflowStanding& standing);

    Connection& writer_;
    Timestamp now_;
    const Insert& insert_;
    WorkflowEvents& events_;
    Turns turns_;
    WorkflowNodes nodes_;
    std::deque<Ended> ended_;
    std::size_t steps_ = 0;
};

}  // namespace errand::sqlite
