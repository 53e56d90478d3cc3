#pragma once

#include "core/workflow/rules.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace errand::memory {

/// A job of a workflow, also after the job itself was removed. What its counters mean says
/// core/workflow/rules.hpp.
struct WorkflowNode {
    struct Child {
        std::uint32_t position = 0;
        OnFailure on_failure = OnFailure::fail;
    };

    std::string name;
    JobId id;
    std::string type;
    std::string queue;
    std::uint64_t seq = 0;  ///< of its job; 0: the job was removed
    core::NodeState state = core::NodeState::pending;
    JobState end{};  ///< of the job, once it has ended
    std::vector<Dependency> after{};
    std::vector<Child> children{};  ///< in the order in which they were added
    std::uint64_t open_parents = 0;
    std::uint64_t bad_parents = 0;
};

/// A node that ended, and whose edges are to be closed. By age of its job.
struct EndedNode {
    std::uint64_t seq = 0;  ///< of its job
    std::uint64_t workflow = 0;
    std::uint32_t position = 0;
    auto operator<=>(const EndedNode&) const = default;
};

struct WorkflowEntry {
    std::uint64_t seq = 0;  ///< order of insertion, from 1
    WorkflowView view;
    std::vector<WorkflowNode> nodes{};  ///< in the order in which they were added
    std::unordered_map<std::string, std::uint32_t> by_name{};
    std::size_t edges = 0;
    bool going = false;    ///< it is being pruned, and nobody sees it any more
    std::size_t gone = 0;  ///< how many of its nodes are pruned already

    void close_edge(const WorkflowNode& parent, const WorkflowNode::Child& edge);
    void open_edge(const WorkflowNode& parent, const WorkflowNode::Child& edge);
    /// Moves the node to another state, and its count along.
    void set_state(WorkflowNode& node, core::NodeState to);
    /// Some failed job counts against the workflow: core::failure_counts().
    [[nodiscard]] bool failures_count() const;
    /// Recounts all that is counted. Empty: all agree; otherwise what does not.
    [[nodiscard]] std::string disagreement() const;
};

/// Not thread-safe.
class WorkflowTable {
public:
    using BySeq = std::map<std::uint64_t, WorkflowEntry>;

    /// Null: unknown, or it is being pruned.
    [[nodiscard]] WorkflowEntry* find(const WorkflowId& id);
    /// There must be one.
    [[nodiscard]] WorkflowEntry& get(std::uint64_t seq) { return by_seq_.at(seq); }
    /// Its id must be free.
    WorkflowEntry& add(const NewWorkflow& workflow, Timestamp now);
    /// From now on its id is free.
    void hide(WorkflowEntry& entry);
    void erase(std::uint64_t seq) { by_seq_.erase(seq); }

    [[nodiscard]] BySeq& by_seq() noexcept { return by_seq_; }

private:
    BySeq by_seq_;
    std::unordered_map<WorkflowId, std::uint64_t> by_id_;
    std::uint64_t last_seq_ = 0;
};

}  // namespace errand::memory
