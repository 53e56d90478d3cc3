#pragma once

#include "store/sqlite/insert.hpp"
#include "store/sqlite/workflow_moves.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace errand::sqlite {

/// Works off what the ends of jobs do to their workflows, within one open write transaction and in
/// bounded steps: children whose last parent it was are released or skipped, and workflows end.
/// What is left over is kept in errand_ended.
///
/// Jobs that ended together are worked off together, at the cost of a few statements for all of
/// them; then those that were skipped by this, and so on.
class WorkflowEnds {
public:
    /// Inserts callbacks.
    using Insert = std::function<InsertedJobs(std::span<const NewJob>)>;
    /// What one call works off: ended jobs, their edges, and how often it goes on with those that
    /// were skipped.
    static constexpr std::size_t most_jobs = 10'000;
    static constexpr std::size_t most_edges = 10'000;
    static constexpr std::size_t most_waves = 500;

    WorkflowEnds(Connection& writer, Timestamp now, const Insert& insert, WorkflowEvents& events)
        : writer_(writer),
          now_(now),
          insert_(insert),
          events_(events),
          nodes_(writer),
          moves_(writer, now, events, nodes_) {}
    WorkflowEnds(const WorkflowEnds&) = delete;
    WorkflowEnds& operator=(const WorkflowEnds&) = delete;

    void take(const NodeEnds& ends);
    /// A job that waits for its parents will not begin.
    void skip(std::int64_t n);
    /// A job that waits for its parents may begin: at once, or after its own delay.
    void release(const NodeRow& node) { moves_.release(node); }
    /// What was taken or skipped; what is older and left over with `older_too`, first.
    void work_off(bool older_too);

    [[nodiscard]] WorkflowNodes& nodes() noexcept { return nodes_; }
    [[nodiscard]] bool makes_work() const noexcept { return available_ || moves_.makes_work(); }
    [[nodiscard]] bool scheduled() const noexcept { return scheduled_ || moves_.scheduled; }

    bool ended = false;  ///< jobs or workflows
    bool left = false;   ///< promote_due() is to go on

private:
    struct Ended {
        std::int64_t n;
        std::int64_t after;  ///< edges to children up to here are closed
        core::NodeState state;
    };
    /// A child some edges of which are to be closed.
    struct Closing {
        std::int64_t child;
        std::uint64_t edges, bad;
        std::size_t last;  ///< place of the last of them among all
    };

    void work_off_older();
    [[nodiscard]] std::vector<Ended> read_older();
    [[nodiscard]] bool may_go_on() const noexcept {
        return jobs_left_ > 0 && edges_left_ > 0 && waves_left_ > 0;
    }
    std::size_t close_edges(std::span<Ended> parents);
    [[nodiscard]] std::vector<WorkflowNodes::ParentEdge> read_edges(std::span<Ended> parents,
                                                                    std::size_t& closed);
    void follow(std::span<const Closing> closings);
    void skip_all(std::span<const std::int64_t> jobs);
    void end_workflows(std::span<const WorkflowStanding> over);
    [[nodiscard]] WorkflowState end_of(const WorkflowStanding& standing);
    void insert_callbacks(std::int64_t workflow, WorkflowState end);

    Connection& writer_;
    Timestamp now_;
    const Insert& insert_;
    WorkflowEvents& events_;
    WorkflowNodes nodes_;
    WorkflowMoves moves_;
    std::vector<Ended> ended_;
    std::size_t jobs_left_ = most_jobs;
    std::size_t edges_left_ = most_edges;
    std::size_t waves_left_ = most_waves;
    bool available_ = false;
    bool scheduled_ = false;
};

}  // namespace errand::sqlite
