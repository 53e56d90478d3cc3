#pragma once

#include "store/sqlite/turns.hpp"
#include "store/sqlite/workflow_events.hpp"
#include "store/sqlite/workflow_nodes.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace errand::sqlite {

/// Takes jobs that wait for their parents to where they go on, within one open write transaction.
class WorkflowMoves {
public:
    WorkflowMoves(Connection& writer, Timestamp now, WorkflowEvents& events, WorkflowNodes& nodes)
        : writer_(writer), now_(now), events_(events), nodes_(nodes), turns_(writer) {}

    /// Nothing but its parents decides when it begins, so it can be released with others.
    [[nodiscard]] static bool is_free(const NodeRow& node) noexcept {
        return !node.has_key && !node.run_at && node.delay.value_or(Duration{0}) <= Duration{0};
    }
    /// Free ones with no open and no bad parents, whatever their rows say of these; by number.
    void release_all(std::span<const NodeRow> nodes);
    /// It may begin: at once, or after its own delay, or when its key has a turn.
    void release(const NodeRow& node);
    /// They will not begin. Those that ended by this, in the order given.
    [[nodiscard]] std::vector<EndedNode> skip(std::span<const std::int64_t> jobs);

    [[nodiscard]] bool makes_work() const noexcept { return available_ || turns_.admitted; }
    bool scheduled = false;

private:
    Connection& writer_;
    Timestamp now_;
    WorkflowEvents& events_;
    WorkflowNodes& nodes_;
    Turns turns_;
    bool available_ = false;
};

}  // namespace errand::sqlite
