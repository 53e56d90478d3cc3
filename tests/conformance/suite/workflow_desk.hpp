#pragma once

#include "conformance/suite/fixture.hpp"

#include <errand/store/workflows.hpp>

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace errand::test {

/// A job of a workflow; `after` are its parents, each with the same policy.
[[nodiscard]] WorkflowJob node(std::string_view name,
                               std::initializer_list<std::string_view> after = {},
                               OnFailure policy = OnFailure::fail);

/// What tests do with the workflows of a store. Jobs are known by their names, which the type of
/// each is too, so that one of them can be claimed by itself.
class WorkflowDesk {
public:
    explicit WorkflowDesk(Store& store) : store_(store) {}

    [[nodiscard]] static NewWorkflow workflow(std::vector<WorkflowJob> jobs);
    /// With three callbacks, of the types success, failure and complete.
    [[nodiscard]] static NewWorkflow with_callbacks(std::vector<WorkflowJob> jobs);

    /// Inserts it, expects that it is new, and has its jobs' names known.
    WorkflowId add(const NewWorkflow& workflow);
    WorkflowId add(std::vector<WorkflowJob> jobs) { return add(workflow(std::move(jobs))); }

    /// Adds jobs to the workflow of a lease, and has their names known.
    std::optional<std::vector<AddResult>> extend(const Lease& lease,
                                                 const std::vector<WorkflowJob>& jobs);

    [[nodiscard]] const JobId& id(std::string_view name) const;
    [[nodiscard]] JobState state(std::string_view name);
    /// The workflow; fails the test when it is not there.
    [[nodiscard]] WorkflowView view(const WorkflowId& id);
    [[nodiscard]] WorkflowState state(const WorkflowId& id) { return view(id).state; }
    /// Names with states, in order: "a completed, b skipped".
    [[nodiscard]] std::string states(const WorkflowId& id);

    /// Claims the job called so; throws when it is not available.
    [[nodiscard]] Lease claim(std::string_view name);
    [[nodiscard]] bool is_claimable(std::string_view name);
    /// Claims and ends it.
    void end(std::string_view name, JobState as = JobState::completed,
             std::string_view result = {});
    void complete(std::initializer_list<std::string_view> names) {
        for (const auto name : names)
            end(name);
    }
    SettleResult settle(const Lease& lease, JobState as, std::string_view result = {});
    /// Has all that is left over for promote_due() done. How many calls it took.
    std::size_t drain();

    /// Types of the callbacks that were made, in order of insertion.
    [[nodiscard]] std::vector<std::string> callbacks();
    /// Expects that the store's self-check finds nothing.
    void expect_sound();

private:
    [[nodiscard]] std::vector<Lease> claim_type(std::string_view type);

    Store& store_;
    std::unique_ptr<WorkerSession> session_;
    std::map<std::string, JobId, std::less<>> ids_;
};

}  // namespace errand::test

namespace errand {

// For GoogleTest's messages.
void PrintTo(WorkflowState state, std::ostream* out);
void PrintTo(AddResult result, std::ostream* out);
void PrintTo(const WorkflowCounts& counts, std::ostream* out);

}  // namespace errand
