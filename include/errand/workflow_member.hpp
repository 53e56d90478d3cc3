#pragma once

#include <errand/codec.hpp>
#include <errand/store/workflows.hpp>
#include <errand/workflow.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace errand {

/// What a WorkflowMember asks. Thread-safe; calls block on the store.
class Membership {
public:
    Membership() = default;
    Membership(const Membership&) = delete;
    Membership& operator=(const Membership&) = delete;
    virtual ~Membership() = default;

    [[nodiscard]] virtual WorkflowId workflow() = 0;
    [[nodiscard]] virtual std::string name() = 0;
    [[nodiscard]] virtual std::vector<ParentResult> parent_results() = 0;
    [[nodiscard]] virtual std::vector<AddResult> add(std::vector<WorkflowJob> jobs) = 0;
};

/// The part of Context that is about the workflow of the job. Each call asks the store, and throws
/// Error (store_unavailable) when it is away. Thread-safe.
class WorkflowMember {
public:
    WorkflowMember() = default;
    WorkflowMember(const WorkflowMember&) = delete;
    WorkflowMember& operator=(const WorkflowMember&) = delete;
    virtual ~WorkflowMember() = default;

    /// None: the job belongs to no workflow.
    [[nodiscard]] std::optional<WorkflowId> workflow();
    /// Its name there; empty: it belongs to none.
    [[nodiscard]] std::string workflow_job();

    /// What the jobs that this one came after made of themselves, in the order of its `after`.
    [[nodiscard]] std::vector<ParentResult> parent_results();
    /// The result of the parent of this name. Throws Error: not_found when there is none of it;
    /// conflict when it failed; invalid_argument when its result has another shape.
    template <Encodable R>
    [[nodiscard]] R parent_result(std::string_view parent) {
        return Codec<R>::decode(parent_result_json(parent));
    }
    /// As JSON; "null" when it gave none.
    [[nodiscard]] std::string parent_result_json(std::string_view parent);

    /// Adds jobs to the running workflow that this job belongs to. They may come after any of its
    /// jobs, this one included, and after each other; a WorkflowBuilder writes them. A name that
    /// the workflow has already adds nothing, so that an attempt may say again what the one before
    /// it said. Throws Error: conflict when the job belongs to no workflow; lease_lost;
    /// invalid_argument; limit_exceeded.
    std::vector<AddResult> add_to_workflow(std::vector<WorkflowJob> jobs);

protected:
    /// Null: the job belongs to no workflow.
    [[nodiscard]] virtual Membership* membership() { return nullptr; }
};

}  // namespace errand
