#pragma once

#include <errand/job.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Jobs joined by dependencies. A workflow is a graph without cycles: a job begins when all that it
// comes after have ended. Chains, groups, chords, maps, chunks and batches are ways to write one.

namespace errand {

/// The name of a workflow: made and written like a job's.
using WorkflowId = JobId;

/// What the failure of a job (discarded or cancelled) means to one that comes after it, once all
/// that this one comes after have ended. A job that was skipped is a failed one to those after it,
/// each of which has its own policy for that.
enum class OnFailure : std::uint8_t {
    fail = 1,    ///< it is skipped; the workflow ends failed
    go_on = 2,   ///< it begins all the same; the workflow ends partial at best. Text: "continue"
    ignore = 3,  ///< it begins all the same, and the failure does not count against the workflow
};
[[nodiscard]] std::string_view to_string(OnFailure policy) noexcept;
/// "fail", "continue" or "ignore"; none: another text.
[[nodiscard]] std::optional<OnFailure> parse_on_failure(std::string_view text) noexcept;

/// An edge of the graph.
struct Dependency {
    std::string parent;  ///< name of the job that must have ended
    OnFailure on_failure = OnFailure::fail;
    bool operator==(const Dependency&) const = default;
};

/// A job within a workflow.
struct WorkflowJob {
    std::string name;  ///< unique in the workflow; like a queue's name, up to 128 bytes
    /// Without unique key. A delay counts from when it may begin. An id is made when it is nil.
    NewJob job;
    std::vector<Dependency> after{};  ///< each parent once
    bool operator==(const WorkflowJob&) const = default;
};

/// Jobs that the end of a workflow makes, each once per end, in the commit that ended it. They are
/// not part of it, and have no unique key. Their meta has "errand.workflow" (the id) and
/// "errand.workflow_state".
struct WorkflowCallbacks {
    std::optional<NewJob> on_success{};   ///< it ended completed
    std::optional<NewJob> on_failure{};   ///< it ended partial or failed
    std::optional<NewJob> on_complete{};  ///< it ended, however
    bool operator==(const WorkflowCallbacks&) const = default;
};

/// A workflow that is to be submitted.
struct NewWorkflow {
    WorkflowId id{};                  ///< nil: the client makes one
    std::string name{};               ///< for people; UTF-8, up to 255 bytes; may be empty
    std::vector<WorkflowJob> jobs{};  ///< 1 to 100,000, in any order
    WorkflowCallbacks callbacks{};
    bool operator==(const NewWorkflow&) const = default;
};

enum class WorkflowState : std::uint8_t {
    running = 1,
    /// Every job completed, but for failures after which jobs come that all ignore them.
    completed = 2,
    /// Some jobs failed and some completed; nothing was skipped.
    partial = 3,
    /// A failure made jobs be skipped, or no job completed.
    failed = 4,
    cancelled = 5,  ///< somebody cancelled it as a whole
};
[[nodiscard]] std::string_view to_string(WorkflowState state) noexcept;
[[nodiscard]] std::optional<WorkflowState> parse_workflow_state(std::string_view text) noexcept;

inline constexpr std::size_t max_workflow_jobs = 100'000;
inline constexpr std::size_t max_workflow_edges = 1'000'000;
inline constexpr std::size_t max_workflow_name_bytes = 255;

/// How many jobs of a workflow are where. `total` is their sum.
struct WorkflowCounts {
    std::uint64_t pending = 0;   ///< for parents to end
    std::uint64_t released = 0;  ///< scheduled, available, active or retryable
    std::uint64_t completed = 0;
    std::uint64_t failed = 0;   ///< discarded or cancelled, after they were released
    std::uint64_t skipped = 0;  ///< cancelled before they were released, for whatever reason
    [[nodiscard]] std::uint64_t total() const noexcept {
        return pending + released + completed + failed + skipped;
    }
    [[nodiscard]] std::uint64_t ended() const noexcept { return completed + failed + skipped; }
    bool operator==(const WorkflowCounts&) const = default;
};

/// A workflow as it is now.
struct WorkflowView {
    WorkflowId id;
    std::string name;
    WorkflowState state = WorkflowState::running;
    bool cancel_requested = false;  ///< running, and what is left of it is being cancelled
    std::uint32_t run = 1;          ///< +1 each time that it went on after an end, by a retry
    Timestamp created_at{};
    std::optional<Timestamp> finished_at{};
    WorkflowCounts counts;
    WorkflowCallbacks callbacks;
};

/// One job of a workflow as it is now.
struct WorkflowJobView {
    std::string name;
    JobId id;
    std::string type;
    std::string queue;
    JobState state = JobState::pending;  ///< kept when the job itself was pruned
    bool skipped = false;
    std::vector<Dependency> after{};
    std::optional<Progress> progress{};  ///< of a running job
};

/// What a job that came before made of itself.
struct ParentResult {
    std::string name;
    JobId id;
    JobState state = JobState::completed;  ///< an end state
    std::string result;                    ///< JSON; empty: none
};

}  // namespace errand
